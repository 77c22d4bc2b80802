"""`python -m tools.example [FOLDER]`: writes the stand-in exports and what belongs to them below FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.example import layouts, tables
from tools.example.catalogue import all_works
from tools.example.changes import Entry, entries
from tools.example.draw import Draw


def files() -> dict[str, bytes]:
    """Path below the review's folder -> content, for every file that this tool makes."""
    works = all_works()
    numbers = tables.accessions(works)
    by_work = {work.key: entries(work, numbers[work.key]) for work in works}
    made = [entry for group in by_work.values() for entry in group]
    others = {key: group[0] for key, group in by_work.items()}

    def of(database: str) -> list[Entry]:
        return Draw(f"order/{database}").order([entry for entry in made if entry.database == database])

    return {
        "data/searches/pubmed.nbib": layouts.pubmed_file(of("pubmed"), others),
        "data/searches/embase.ris": layouts.embase_file(of("embase"), others),
        "data/searches/cochrane.ris": layouts.cochrane_file(of("cochrane"), others),
        "data/screening/decisions.csv": tables.decisions(by_work),
        "data/dedup/decisions.csv": b"record_a,record_b,decision,note\n",
        "data/extraction/reports.csv": tables.reports(by_work),
        "tests/example/truth.csv": tables.truth(made),
    }


def main() -> None:
    """Writes all files below the folder named on the command line, or below the current one."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    for name, content in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(name)


if __name__ == "__main__":
    main()
