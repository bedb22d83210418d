"""The owner's figures: sums by day that are kept while things happen, read, and counted again."""
