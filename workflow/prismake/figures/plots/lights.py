"""Judgements as lights: a colour, and a symbol that says the same without it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from prismake.figures.plots.sheet import GREY, INK, Sheet
from prismake.figures.textwidth import text_width, wrap

# Symbol -> colour. Okabe M, Ito K. Color universal design (2008): told apart by people with any colour vision.
COLOURS = {
    "+": "#009e73",
    "!": "#f0e442",
    "\u00b1": "#f0e442",
    "\u00d7": "#d55e00",
    "\u00d7\u00d7": "#7a1f5c",
    "?": "#b8c0c8",
    "\u00b7": "#ffffff",
    "\u2013": "#ffffff",
}
# The symbols of answers for which a form has no marks of its own.
SYMBOLS = {
    "yes": "+",
    "low": "+",
    "include": "+",
    "probably_yes": "+",
    "partial_yes": "\u00b1",
    "some_concerns": "!",
    "moderate": "!",
    "no": "\u00d7",
    "high": "\u00d7",
    "serious": "\u00d7",
    "exclude": "\u00d7",
    "probably_no": "\u00d7",
    "critical": "\u00d7\u00d7",
    "unclear": "?",
    "no_information": "?",
    "seek_info": "?",
    "not_applicable": "\u2013",
}
# On a dark ground.
PALE = {"#009e73", "#d55e00", "#7a1f5c"}
# Points of a form that gives them, from the least to the most.
SHADES = ("#d55e00", "#f0e442", "#009e73")
# The overall judgement among the items of a form, as (heading, name).
OVERALL = ("All", "overall")
# A judgement that is still to be made.
NONE = "\u2026"


@dataclass(frozen=True)
class Level:
    """One judgement: what it is called, and its symbol and colour."""

    label: str
    symbol: str
    colour: str


PENDING = Level("not yet judged", NONE, "#ffffff")


def levels(answers: Sequence[str], marks: Mapping[str, str]) -> dict[str, Level]:
    """Answer -> how it looks, in the order given: by a form's `marks` ("L +": a letter and a symbol), else by its name.

    Answers that are numbers are shaded from the least to the most. One without a known symbol shows its first letter.
    """
    numbers = sorted({float(each) for each in answers if each.isdecimal()})
    made = {}
    for answer in answers:
        label = answer.replace("_", " ")
        if answer.isdecimal():
            rank = numbers.index(float(answer)) * (len(SHADES) - 1) / max(1, len(numbers) - 1)
            made[answer] = Level(label, answer, SHADES[round(rank)])
            continue
        symbol = marks[answer].split()[-1] if answer in marks else SYMBOLS.get(answer, label[:1].upper())
        made[answer] = Level(label, symbol, COLOURS.get(symbol, "#56b4e9"))
    return made


def item_of(domain: tuple[str, str]) -> str:
    """What the page for a browser calls an item of a form, given as (heading, name)."""
    return "overall" if domain == OVERALL else f"item_{domain[0]}"


def draw_light(sheet: Sheet, at: tuple[float, float], level: Level, radius: float, name: str | None = None) -> None:
    """A light around a point."""
    sheet.circle(at, radius, fill=level.colour, edge=GREY, width=0.4, name=name)
    size = radius * (1.5 if len(level.symbol) == 1 else 1.15)
    colour = "#ffffff" if level.colour in PALE else INK
    sheet.text((at[0], at[1] + 0.36 * size), level.symbol, size, align="center", bold=True, colour=colour)


def key_of_lights(levels: Iterable[Level]) -> list[Level]:
    """The lights that a key explains, each once."""
    return list(dict.fromkeys(levels))


def key_places(labels: Sequence[str], size: float, room: float) -> list[tuple[float, int]]:
    """(left edge, line) of each entry of a key: a mark and its label."""
    places, x, line = [], 0.0, 0
    for label in labels:
        width = 3 * size + text_width(label, size)
        if x and x + width > room:
            x, line = 0.0, line + 1
        places.append((x, line))
        x += width
    return places


def key_height(shown: Sequence[Level], domains: Sequence[tuple[str, str]], size: float, room: float) -> float:
    """The points that the key of lights and of domains needs."""
    lines = len(_domain_lines(domains, size, room)) + key_lines([level.label for level in shown], size, room)
    return lines * 1.4 * size


def key_lines(labels: Sequence[str], size: float, room: float) -> int:
    """The lines that the entries of a key need."""
    return key_places(labels, size, room)[-1][1] + 1 if labels else 0


def _domain_lines(domains: Sequence[tuple[str, str]], size: float, room: float) -> list[str]:
    """`A, allocation; B, blinding`, in lines; what is called like its heading needs no explanation."""
    text = "; ".join(f"{short}, {long}" for short, long in domains if long and long != short)
    return wrap(text, size, room) if text else []


def draw_key(
    sheet: Sheet,
    at: tuple[float, float],
    shown: Sequence[Level],
    domains: Sequence[tuple[str, str]],
    size: float,
    room: float,
) -> None:
    """The key of lights and of domains (what heads their column, what they are called), from its upper left corner."""
    pitch, (left, top), labels = 1.4 * size, at, [level.label for level in shown]
    for level, (x, line) in zip(shown, key_places(labels, size, room), strict=True):
        baseline = top + pitch * line + size
        draw_light(sheet, (left + x + 0.6 * size, baseline - 0.35 * size), level, 0.55 * size)
        sheet.text((left + x + 1.5 * size, baseline), level.label, size, colour=GREY)
    top += pitch * key_lines(labels, size, room)
    for line, words in enumerate(_domain_lines(domains, size, room)):
        sheet.text((left, top + pitch * line + size), words, size, colour=GREY)
