"""A review's folder: its configuration, its journal, and how a new one starts."""
