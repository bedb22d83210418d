"""`python -m storefront.cli`, for who has the package but not its script on the path."""

from storefront.cli import main

main(prog_name="storefront")
