"""Pages: a module for each noun, a class for each page."""
