"""The authors' own figures, checked, made safe, and in the forms that both documents take."""

import re

# Sharp enough for line art in print, at the size in which the drawing prints.
DRAWING_DPI = 600


# By the mode of a plain picture.
KINDS = {"1": "line", "L": "grey", "RGB": "colour"}
INK = re.compile(rb"""(?:fill|stroke)(?:=["']|:\s*)(?!none|black|white|#000(?:000)?\b|#fff(?:fff)?\b)[\w#]""")


def kind_of_drawing(svg: bytes) -> str:
    """Line where an SVG is black and white, else combined, as journals call drawings with colours or tones."""
    return "combined" if INK.search(svg) else "line"
