"""What catches a purchase that the request let fall: the jobs after it, Stripe's messages, the sweeper, the lists."""
