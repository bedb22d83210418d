"""The shop's own accent and logo: what an owner gives, made legible, small and harmless."""

import re
from hashlib import sha256

from storefront.media import child
from storefront.media.accents import legible
from storefront.media.errors import MediaError
from storefront.media.pictures import logo
from storefront.services.shop.identity.shop import Colours, Logo
from storefront.storage import Storage

#: Those of static/css/tokens.css: on light and on dark paper.
USUAL = ("#9c3a22", "#f08a6a")
#: Of a logo as it comes, in bytes.
LARGEST_LOGO = 1_000_000
DRAWING_SECONDS = 20

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII)


class BadLogo(ValueError):
    """Why this file is no logo, as a sentence for its owner."""


def read_colour(text: str) -> str:
    """ "#rrggbb" in small letters; raises ValueError with a sentence."""
    colour = text.strip().lower()
    if not _COLOUR.fullmatch(colour):
        raise ValueError("Enter a colour like #9c3a22")
    return colour


def make_accent(light: str, dark: str) -> Colours:
    """The colours for light and for dark paper, each moved until it has 4.5:1 on its paper and under its label."""
    on_light, on_dark = legible(_rgb(light)), legible(_rgb(dark))
    return Colours(on_light.light, on_light.on_light, on_dark.dark, on_dark.on_dark)


def store_logo(storage: Storage, data: bytes) -> Logo:
    """Draws it anew, in a child process, and keeps it under its digest. Raises BadLogo, and OSError without room."""
    if len(data) > LARGEST_LOGO:
        raise BadLogo(f"It is larger than {LARGEST_LOGO // 1_000_000} MB")
    try:
        drawn = child.run(logo, data, seconds=DRAWING_SECONDS)
    except (MediaError, child.ChildFailed) as error:
        raise BadLogo(f"This cannot be the logo: {error.reason}") from error
    digest = sha256(drawn.data).hexdigest()
    storage.put_bytes(digest, drawn.data)
    return Logo(digest, drawn.width, drawn.height)


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue
