"""What a page leaves out of every text: mail addresses, and signs that steer what shows a text."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import PurePosixPath

# Signs that steer a terminal or turn the direction of the text around them.
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
# What introduces an address that is an example.
EXAMPLE = r"(?:such as|for example|e\.g\.),?"
ADDRESS = re.compile(rf"(?:,?(?<!\s)\s*\b{EXAMPLE})?(?<!\s)\s*(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def without_addresses(text: str) -> str:
    """A text without mail addresses."""
    return ADDRESS.sub("", text) if "@" in text else text


def unnamed(file: str, people: Collection[str]) -> str:
    """The path of a file without the people whose own it is: `extraction.xlsx` of `extraction.AB.xlsx`."""
    path = PurePosixPath(file)
    stem, _, person = path.stem.rpartition(".")
    return path.with_name(stem + path.suffix).as_posix() if stem and person in people else file


def plain(text: str) -> str:
    """A text without mail addresses and without signs that steer what shows it."""
    return without_addresses(STEERING.sub("", text))
