"""Tools that take no part in a build."""
