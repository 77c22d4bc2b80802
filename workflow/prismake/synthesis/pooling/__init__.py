"""Meta-analyses of the extraction: rows of outcomes become comparisons, comparisons effects, effects results.

Only the step that pools effects imports this package: it loads numpy and scipy.
"""
