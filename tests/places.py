"""Where things are in the checkout, for tests of all rooms."""

from pathlib import Path

PROJECT = Path(__file__).parents[1]
PACKAGE = PROJECT / "workflow" / "prismake"
SCRIPTS = PROJECT / "workflow" / "scripts"
SCHEMAS = PACKAGE / "schemas"
JOURNALS = PACKAGE / "journals"
FONTS = sorted((PACKAGE / "figures" / "fonts").glob("*.ttf"))
SHARED = PROJECT.parent / "shared"
