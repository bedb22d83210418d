"""The pages of a purchase: buying, what came of it, and Stripe's messages."""
