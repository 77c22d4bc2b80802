"""Workbooks for extraction and appraisal: written from the records, extended, and compared between people."""
