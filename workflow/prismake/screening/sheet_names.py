"""The sheets of the workbooks that Prismake writes for people to fill in, and reads again."""

from prismake.common.sheet_cells import GUIDE

SCREENING_SHEET, FETCH_SHEET = "Screening", "Reports to fetch"
# Stands beside them, and holds nothing to read.
EXPLANATION = GUIDE
