"""The audit: every number and claim of the text against the records, the extraction and the settings behind it."""
