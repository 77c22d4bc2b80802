"""Sphinx settings for the documentation site: `make docs` builds it into `results-docs/`."""

from __future__ import annotations

from prismake import __version__

project = "Prismake"
author = "The Prismake developers"
project_copyright = author
version = release = __version__

extensions = ["myst_parser"]
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence", "deflist"]
nitpicky = True
# The page is the same whenever and wherever it is built.
html_last_updated_fmt = None
html_show_sourcelink = False
html_show_sphinx = False

html_theme = "pydata_sphinx_theme"
html_title = f"Prismake {release}"
html_theme_options = {
    "navbar_align": "left",
    "show_prev_next": True,
    "footer_start": ["copyright"],
    "footer_end": [],
}
