"""Prismake: from search exports to a journal's manuscript, every number computed from the records."""
