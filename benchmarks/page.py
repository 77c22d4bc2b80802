"""How the page for a browser serves a review of 100,000 records: `python -m benchmarks.page [RECORDS]`.

A page is made of that many made-up records, each in three lists, and opened in Debian's Chromium.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.browser import Visit, browser
from tests.prismake.web.reviews import page, review

WORDS = (
    "cement",
    "spine",
    "pain",
    "trial",
    "cohort",
    "risk",
    "surgery",
    "nerve",
    "outcome",
    "children",
    "review",
    "series",
)
# Seconds that a reader may wait until the page is open, and until a list of 10,000 shows.
OPEN, LISTED = 2.0, 2.0


def records_of(count: int) -> list[dict[str, Any]]:
    """Made-up records, as long as those of real exports."""
    chance = random.Random(0)

    def words(number: int) -> str:
        return " ".join(chance.choice(WORDS) for _ in range(number))

    return [
        {
            "record_id": f"db:{number}",
            "title": words(14).capitalize(),
            "author": "; ".join(f"{chance.choice(WORDS).capitalize()}, {chance.choice('ABCDEFGH')}" for _ in range(4)),
            "year": str(chance.randrange(1990, 2027)),
            "journal": f"Journal of {words(2)}",
            "doi": f"10.5555/{number}.{chance.randrange(10**6)}",
            "database": chance.choice(["PubMed", "Embase", "Scopus"]),
            "file": "data/searches/all.ris",
            "position": number + 1,
            "line": number * 20,
        }
        for number in range(count)
    ]


def main() -> None:
    """Prints a table: what, seconds, the house's limit."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder, browser() as chromium:
        made = records_of(count)
        ids = [(str(record["record_id"]), "") for record in made]
        boxes = {"identified": ids, "screened": ids, "few": ids[:10_000]}
        files, flow = review(Path(folder), made, boxes)
        started = time.perf_counter()
        text = page(files, flow)
        print(f"{count:,} records: page of {len(text) / 1e6:.1f} MB made in {time.perf_counter() - started:.1f} s")
        path = Path(folder) / "page.html"
        path.write_text(text, encoding="utf-8")
        started = time.perf_counter()
        visit = Visit(chromium, path)
        visit.page.set_default_timeout(60_000)
        print(f"open: {time.perf_counter() - started:.2f} s (limit {OPEN})")
        for box in ("few", "identified"):
            started = time.perf_counter()
            visit.page.evaluate("box => panel.open('#box/' + box)", box)
            visit.page.locator(".rows li").first.wait_for()
            print(f"list of {len(boxes[box]):,}: {time.perf_counter() - started:.2f} s (limit {LISTED})")
        for sought in ("cement", "cement spine 2001"):
            started = time.perf_counter()
            visit.page.locator("#list-search").fill(sought)
            print(f"search for '{sought}': {time.perf_counter() - started:.2f} s")
        shown = visit.page.locator("#panel-body .count").inner_text()
        print(f"left: {shown}; drawn: {visit.page.locator('.rows li').count()}; faults: {visit.faults}")


if __name__ == "__main__":
    main()
