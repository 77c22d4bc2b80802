"""One thing more for a review: its files, and its lines in the settings."""
