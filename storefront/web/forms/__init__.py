"""Forms: a POST -> checked values, or errors by field."""
