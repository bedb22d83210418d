"""What becomes of a purchase's money after it was paid: refunds, disputes, and the books of it all."""
