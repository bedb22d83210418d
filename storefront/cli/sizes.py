"""How much that is, in words."""

UNITS = ("bytes", "kB", "MB", "GB", "TB")


def size_in_words(size: int) -> str:
    """12,345,678 bytes are "12 MB"."""
    amount, unit = float(size), 0
    while amount >= 1000 and unit < len(UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.{1 if 0 < amount < 10 and unit else 0}f} {UNITS[unit]}"
