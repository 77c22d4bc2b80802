"""Where the engine keeps its data: schemas, journals, fonts."""

from prismake import PACKAGE

SCHEMAS = PACKAGE / "schemas"
JOURNALS = PACKAGE / "journals"
FONTS = PACKAGE / "figures" / "fonts"
