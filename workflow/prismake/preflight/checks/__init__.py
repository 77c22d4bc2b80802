"""The checks of a finished document, one theme per module."""
