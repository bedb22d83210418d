"""What a browser says about pages: errors on its console, requests to strangers, and what axe finds."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Frame, Request, WebError

#: The browser says so of every page that is an error; the test that went there knows.
_NAVIGATED = "Failed to load resource: the server responded with a status of"

_REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP: ${event.effectiveDirective} refused ${event.blockedURI} on ${document.location.pathname}`);
});
"""


class Watched:
    """A browser whose complaints are kept; `own` are the origins that its pages may speak to."""

    def __init__(self, context: BrowserContext, own: tuple[str, ...]) -> None:
        self._context = context
        self._own = (*(f"{origin}/" for origin in own), "data:", "blob:", "about:")
        self._navigations: set[str] = set()
        self.problems: list[str] = []
        context.add_init_script(_REPORT_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)

    def close(self) -> list[str]:
        self._context.close()
        return self.problems

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        expected = message.text.startswith(_NAVIGATED) and message.location["url"] in self._navigations
        if not expected:
            self.problems.append(f"console: {message.text} ({message.location['url']})")

    def _error(self, error: WebError) -> None:
        self.problems.append(f"uncaught: {error.error}")

    def _request(self, request: Request) -> None:
        if request.is_navigation_request():
            self._navigations.add(request.url)
        if not request.url.startswith(self._own):
            self.problems.append(f"request to a stranger: {request.url}")


def accessibility_problems(frame: Frame) -> list[str]:
    """What axe finds in one frame, a line for each element; frames of other origins are each asked by themselves."""
    options = {"resultTypes": ["violations"], "iframes": False}
    results: Any = Axe().run(frame, options=options).response  # type: ignore[no-untyped-call]
    return [
        f"{frame.url}: {found['id']} ({found['help']}): {node['html'][:120]}"
        for found in results["violations"]
        for node in found["nodes"]
    ]
