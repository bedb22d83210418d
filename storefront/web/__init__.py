"""The browser's door: parses a request, calls one service, answers with a page."""
