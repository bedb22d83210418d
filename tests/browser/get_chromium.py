"""`make test` calls this: makes sure that there is a Chromium, or says loudly what will be skipped and why.

The system's package where it may be installed (as root, with apt), else Playwright's own download.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from playwright.sync_api import sync_playwright

from tests.support import chromium


def attempts() -> list[list[str]]:
    """Commands that may bring one, the best first."""
    commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        install = "apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium"
        commands.insert(0, ["sh", "-c", install])
    return commands


def is_there() -> bool:
    with sync_playwright() as playwright:
        return chromium.find(playwright) is not None


def main() -> int:
    for command in attempts():
        if is_there():
            return 0
        print(f"No Chromium for the browser tests; trying: {' '.join(command)}", flush=True)
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    if is_there():
        return 0
    print("\n*** NO CHROMIUM COULD BE HAD: every browser test will be SKIPPED. ***\n", file=sys.stderr)
    return 1 if os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
