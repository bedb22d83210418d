"""Production begins where an import ends: the same band, brought in the same way."""

from tests.functional.importing.conftest import band, bring_in, make_files

__all__ = ["band", "bring_in", "make_files"]
