"""The manuscript: prose with values, citations and cross-references, resolved to one Markdown file."""
