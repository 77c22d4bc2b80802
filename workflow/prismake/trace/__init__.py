"""The life of a record, from its export to the sentences that rest on it."""
