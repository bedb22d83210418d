"""The covers: a module per album, each with ``draw() -> Image``, 1280 px square."""
