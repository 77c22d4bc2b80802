"""Two versions of a manuscript compared, and a co-author's Word file taken back into the sources."""
