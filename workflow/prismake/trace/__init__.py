"""The life of a record, from its export to the sentences that cite it."""
