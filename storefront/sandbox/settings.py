"""What the sandbox can be told: one frozen object, read once from ini-style settings."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

DEFAULT_PORT = 6544


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that differs between two sandboxes; times are in seconds."""

    database: str
    #: the keys that it calls its own; any other key with the prefixes of auth.py works too
    secret_key: str = "sk_test_sandbox_shop"
    publishable_key: str = "pk_test_sandbox_shop"
    #: where events are sent; empty: nowhere
    webhook_url: str = ""
    webhook_secret: str = "whsec_sandbox_shop"
    #: origins of the pages that may mount the card fields, separated by spaces; empty: any
    allowed_origins: tuple[str, ...] = ()
    #: how long after a charge its balance transaction appears (capture_method automatic_async)
    settlement_delay: float = 1.0
    #: how long a pending refund takes to arrive, and one that fails to come back
    refund_delay: float = 10.0
    #: how long after a charge its buyer's bank hears of it, and how long it needs to decide on evidence
    dispute_delay: float = 1.0
    #: pauses before the second, third and fourth delivery of an event that was not taken: a few hours in all, as in
    #: Stripe's own sandboxes, https://docs.stripe.com/webhooks#retries
    webhook_pauses: tuple[float, ...] = (300.0, 3600.0, 10800.0)
    #: ids are the same in every run with the same seed; empty: random
    seed: str = ""
    #: SQLite's, https://sqlite.org/pragma.html#pragma_synchronous; a killed process loses nothing with either
    synchronous: str = "NORMAL"

    @classmethod
    def read(cls, settings: Mapping[str, str]) -> Self:
        """From `sandbox.*` settings; raises ValueError on a number that is none."""
        own = {name.removeprefix("sandbox."): value for name, value in settings.items() if name.startswith("sandbox.")}
        database = own.pop("database", "") or str(Path(tempfile.mkdtemp(prefix="sandbox-")) / "sandbox.sqlite")
        values: dict[str, object] = dict(own)
        if "allowed_origins" in own:
            values["allowed_origins"] = tuple(own["allowed_origins"].split())
        for name in ("settlement_delay", "refund_delay", "dispute_delay"):
            if name in own:
                values[name] = float(own[name])
        if "webhook_pauses" in own:
            values["webhook_pauses"] = tuple(float(pause) for pause in own["webhook_pauses"].split())
        return cls(database=database, **values)  # type: ignore[arg-type]
