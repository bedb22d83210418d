"""Everything that somebody owns, as one zip for each format: joined of what is stored, and nowhere on a disk."""

from storefront.services.library.everything.joining import Everything, everything_choices, join_everything

__all__ = ["Everything", "everything_choices", "join_everything"]
