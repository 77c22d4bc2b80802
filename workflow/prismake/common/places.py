"""Where things are: the engine's schemas, journals and fonts; what a build makes, as seen from a review's folder."""

from pathlib import Path

from prismake import PACKAGE

SCHEMAS = PACKAGE / "schemas"
JOURNALS = PACKAGE / "journals"
FONTS = PACKAGE / "figures" / "fonts"

RESULTS = Path("results")
