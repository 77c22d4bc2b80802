"""Meta-analysis as pure functions: from reported figures to effects, from effects to models.

Effects come from tables of arms (`binary`, `continuous`, `rates`, `proportions`, `correlations`, `generic`,
`diagnostic`), which `conversions`, `quantiles`, `groups` and `percentages` complete where a report gives other figures.
Models are in `models` (inverse variance), `mantel_haenszel`, `regression`, `subgroups`, `glmm` and `bivariate`; what
they rest on in `sensitivity`, `small_study` and `direction`. Nothing here reads a file or a setting. What the data do
not allow raises `faults.Inestimable`; no result contains a value that is not a number.

The names `yi`, `vi` and `ni` (effect, sampling variance, sample size) are those of Viechtbauer W. J Stat Softw
2010;36(3):1-48, whose R package metafor is the oracle of the tests.
"""
