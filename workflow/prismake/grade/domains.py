"""The domains of GRADE, their answers, and the levels by which each moves the certainty of evidence.

Guyatt GH, Oxman AD, Vist GE, et al. BMJ 2008;336:924-6; Schünemann HJ, Higgins JPT, Vist GE, et al. Cochrane Handbook,
chapter 14.
"""

from __future__ import annotations

from dataclasses import dataclass

# From the lowest to the highest.
LEVELS = ("very_low", "low", "moderate", "high")
FILLED, EMPTY = "⊕", "◯"


@dataclass(frozen=True)
class Domain:
    """A domain: its column in the table of judgements, what it is called, its answers with the levels of each."""

    name: str
    words: str
    steps: dict[str, int]

    @property
    def lowers(self) -> bool:
        """Whether the domain lowers the certainty; the others raise it."""
        return min(self.steps.values()) < 0

    @property
    def reason(self) -> str:
        """The column of the reason."""
        return f"{self.name}_reason"

    @property
    def neutral(self) -> str:
        """The answer that leaves the certainty as it is."""
        return next(answer for answer, step in self.steps.items() if not step)


_SERIOUS = {"not_serious": 0, "serious": -1, "very_serious": -2}
_EXTREME = {**_SERIOUS, "extremely_serious": -3}
DOMAINS = (
    Domain("risk_of_bias", "risk of bias", _EXTREME),
    Domain("inconsistency", "inconsistency", _SERIOUS),
    Domain("indirectness", "indirectness", _SERIOUS),
    Domain("imprecision", "imprecision", _EXTREME),
    Domain("publication_bias", "publication bias", {"undetected": 0, "suspected": -1}),
    Domain("large_effect", "a large effect", {"no": 0, "large": 1, "very_large": 2}),
    Domain("dose_response", "a dose-response gradient", {"no": 0, "yes": 1}),
    Domain("confounding", "plausible confounding that would have hidden the effect", {"no": 0, "yes": 1}),
)


def words(code: str) -> str:
    """A level or an answer in words: very_low is `very low`."""
    return code.replace("_", " ")


def symbols(level: str) -> str:
    """The four signs of a level: ⊕⊕⊕◯ is moderate."""
    filled = LEVELS.index(level) + 1
    return FILLED * filled + EMPTY * (len(LEVELS) - filled)


def moved(level: str, steps: int) -> str:
    """A level so many steps higher or lower, within the four."""
    return LEVELS[min(max(LEVELS.index(level) + steps, 0), len(LEVELS) - 1)]
