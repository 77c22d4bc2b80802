"""Arithmetic over what studies report: which means, deviations and intervals can be, and which cannot."""
