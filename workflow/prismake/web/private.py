"""What a page leaves out of every text: mail addresses, and signs that steer what shows a text."""

from __future__ import annotations

import re

# Signs that steer a terminal or turn the direction of the text around them.
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
ADDRESS = re.compile(r"(?<!\s)\s*(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def without_addresses(text: str) -> str:
    """A text without mail addresses."""
    return ADDRESS.sub("", text) if "@" in text else text


def plain(text: str) -> str:
    """A text without mail addresses and without signs that steer what shows it."""
    return without_addresses(STEERING.sub("", text))
