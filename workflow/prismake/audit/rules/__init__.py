"""The rules of the audit, one file for each family. Importing a file registers its rules."""
