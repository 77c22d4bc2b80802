"""The sheets of the workbooks that Prismake writes for people to fill in, and reads again."""

SCREENING_SHEET, FETCH_SHEET = "Screening", "Reports to fetch"
# Stands beside them, and holds nothing to read.
EXPLANATION = "Read me"
