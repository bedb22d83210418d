"""Settings: ini file + environment -> one typed, checked, frozen object."""

from storefront.settings.checked import Settings
from storefront.settings.contradictions import SANDBOX_MARK
from storefront.settings.options import DEVELOPMENT_SECRET, OPTIONS, STRIPE_JS, Option, Source, masked, option_of
from storefront.settings.parsing import X_ACCEL_REDIRECT, X_SENDFILE
from storefront.settings.reading import BadSettings, child_environment, file_of, read_settings

__all__ = [
    "DEVELOPMENT_SECRET", "OPTIONS", "SANDBOX_MARK", "STRIPE_JS", "X_ACCEL_REDIRECT", "X_SENDFILE", "BadSettings",
    "Option", "Settings", "Source", "child_environment", "file_of", "masked", "option_of", "read_settings",
]  # fmt: skip
