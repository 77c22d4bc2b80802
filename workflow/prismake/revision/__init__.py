"""Two versions of a manuscript: what changed between them, and what a co-author's Word file changes."""
