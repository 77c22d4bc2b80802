"""The audit of a document that this review did not make: a Word file, PDF or JATS of somebody else."""
