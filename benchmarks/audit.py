"""How long the rules of the audit take: `.venv/bin/python -m benchmarks.audit`.

Three texts: the review of trials that the tests hold (1,300 words), its Results repeated to 10,000 words, and a
sentence of 3,000 numbers. Times are in seconds of the processor, the best of three, for all rules together.
"""

from __future__ import annotations

import re
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from prismake.audit.matter import Matter
from prismake.audit.run import audit

from tests.prismake.audit.manuscripts import REVIEWS, facts, matter


def texts() -> dict[str, str]:
    """Name -> text of the section files."""
    review = (REVIEWS / "trials" / "text.md").read_text(encoding="utf-8")
    results = review[review.index("# Results") : review.index("# Discussion")].removeprefix("# Results")
    # Tables once: their identifiers may not repeat.
    results = re.sub(r"\n[|:].*", "", results).replace(" ([@tbl:trials])", "")
    long = review
    while len(long.split()) < 10_000:
        long += results
    row = "# Results\n\nThere were " + ", ".join(str(number) for number in range(2, 3002)) + " of them.\n"
    return {"a review": review, "10,000 words": long, "3,000 numbers in a sentence": row}


def seconds(made: Matter) -> float:
    """The processor's time of all rules, the best of three; each round starts from nothing known."""
    rounds = []
    for _ in range(3):
        started = time.process_time()
        audit(replace(made))
        rounds.append(time.process_time() - started)
    return min(rounds)


def main() -> None:
    """Prints a line for each text."""
    known = facts("trials")
    for name, text in texts().items():
        with tempfile.TemporaryDirectory() as folder:
            made = matter(
                Path(folder), text, known.tree, head=known.head, studies=known.studies, references=known.references
            )
        print(f"{name:28} {len(text.split()):6} words  {seconds(made):6.2f} s")


if __name__ == "__main__":
    main()
