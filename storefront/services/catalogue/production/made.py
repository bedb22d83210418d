"""A file that was made and stored, not yet written down."""

from dataclasses import dataclass

from storefront.services.catalogue.production.plan import Step


@dataclass(frozen=True, slots=True)
class MadeFile:
    """`size` is in bytes, `name` what the buyer's computer is to call it."""

    step: Step
    digest: str
    size: int
    name: str
