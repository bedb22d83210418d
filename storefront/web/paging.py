"""Pages of a list, counted from 1 in its address."""

import re

from pyramid.httpexceptions import HTTPNotFound

from storefront.web.request import ShopRequest

_PAGE = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)


def page_number(request: ShopRequest) -> int:
    """1 by default; 404 for what is no number of a page."""
    text = request.GET.get("page", "1")
    if not _PAGE.fullmatch(text):
        raise HTTPNotFound
    return int(text)
