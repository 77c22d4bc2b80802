"""The checks, one module per family; importing a module registers its checks."""
