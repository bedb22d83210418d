"""Which Chromium the browser tests drive, and how it is started."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

#: Nothing of the browser's own may speak to anybody: only the pages' requests are looked at.
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-features=OptimizationHints,MediaRouter,AutofillServerCommunication,CertificateTransparencyComponentUpdater",
    "--no-first-run",
    "--no-pings",
    "--autoplay-policy=user-gesture-required",
)


def system_chromium() -> str | None:
    """The path of one that is installed on this machine."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def find(playwright: Playwright) -> str | None:
    """The system's, or Playwright's own; None when there is neither."""
    own = playwright.chromium.executable_path
    return system_chromium() or (own if Path(own).exists() else None)


def arguments() -> list[str]:
    """Root has no sandbox to start it in."""
    return [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
