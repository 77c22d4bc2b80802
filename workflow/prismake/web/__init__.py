"""The edition to read in a browser: one file, in which every number leads to the records behind it."""
