"""Columns that the settings of the synthesis name."""

from prismake.synthesis.checks import setting_issues

SETTINGS = {
    "patients": "cases",
    "year": "year",
    "label": "lable",
    "order": ["year"],
    "same_patients": [],
    "checks": {"sums": [{"parts": ["women", "men"], "total": "cases"}]},
}
COLUMNS = {"cases": {"number": True}, "year": {"number": False}, "label": {"number": False}, "men": {"number": True}}


def test_a_column_is_reported_once_at_the_setting_that_names_it() -> None:
    issues = [
        (issue.code, issue.where, issue.message)
        for issue in setting_issues(SETTINGS, COLUMNS, "a.xlsx, sheet 'studies'")
    ]
    table = "a.xlsx, sheet 'studies'"
    assert issues == [
        ("no-number", "config.yaml: synthesis.year", "column 'year' is not numeric"),
        ("unknown-column", table, "there is no column 'women', which config.yaml: synthesis.checks.sums names"),
        ("unknown-column", table, "there is no column 'lable', which config.yaml: synthesis.label names"),
    ]
