"""A band's own folders, for a shop to be tried with: music that is synthesised, covers that are drawn.

The folders are what a band would bring, and come into the shop through the same import.
"""

from storefront.demo.folders import STEPS, write_demo

__all__ = ["STEPS", "write_demo"]
