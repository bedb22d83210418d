"""A URL -> the object it names, or 404; only what this visitor may see."""
