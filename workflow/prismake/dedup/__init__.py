"""Deduplication: which records are the same work, why, and what is kept of each."""
