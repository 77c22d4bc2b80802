"""The table of the primary studies of each review in the extraction, and its column. Its plot has the same name."""

PRIMARY, PRIMARY_STUDY = "primary_studies", "primary_study"
