"""Deduplication: which records are the same work, why, and what of each is kept."""
