"""Figures: the flow drawn, the overlap of searches, the authors' own pictures, and the fonts they are set in."""
