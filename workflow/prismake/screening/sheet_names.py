"""The sheets of the workbooks that Prismake writes for people to screen on, and reads again."""

SCREENING_SHEET, FETCH_SHEET = "Screening", "Reports to fetch"
