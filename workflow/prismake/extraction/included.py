"""The included records of the last build, each a report of a study, with a name for each study."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prismake.common.errors import stop
from prismake.common.matching import without_accents
from prismake.common.records import agreed_value, each_record, read_clusters, split_list
from prismake.common.results.records import CLUSTERS, LINKS, RECORDS, UNIQUE
from prismake.common.results.screening import SCREENING

Record = Mapping[str, Any]

FIELDS = (
    *("record_id", "entrytype", "title", "author", "year", "journal", "journal_abbrev", "volume", "number", "pages"),
    *("doi", "pmid", "publication_types"),
)
# Letters of a family name, or of a title, that a study's id takes.
LONGEST_NAME = 24
# Words of a title that name no study.
SMALL = {"a", "an", "and", "the", "of", "on", "in", "for", "to", "with", "from", "effect", "effects", "study"}
TWO = 2


@dataclass
class Study:
    """A study: its id, its records, the main report first, and the copies of them that other exports have."""

    id: str
    records: list[Record] = field(default_factory=list)

    @property
    def main(self) -> Record:
        """The record by which the study is named."""
        return self.records[0]


@dataclass(frozen=True)
class Screened:
    """What the last build says of the records: the included ones, those of one work, and preprints of articles."""

    included: list[Record]
    cluster_of: Mapping[str, str]
    article_of: Mapping[str, str]


def read_screened(results: Path) -> Screened:
    """The included records of a build. Raises BuildStop if there is no build to read."""
    screening = SCREENING.under(results)
    if not screening.is_file():
        raise stop("no-build", "there is no build to read", where=str(results), fix="build the review first: snakemake")
    included = SCREENING.read_where(screening, {"decision": ["include"]}, ("record_id",))
    chosen = dict.fromkeys(row["record_id"] for row in included)
    known = {one["record_id"]: one for one in each_record(UNIQUE.under(results), FIELDS) if one["record_id"] in chosen}
    links = LINKS.under(results)
    pairs = LINKS.read(links, ("preprint", "article")) if links.is_file() else []
    return Screened(
        [known[name] for name in chosen if name in known],
        read_clusters(CLUSTERS.under(results)),
        {row["preprint"]: row["article"] for row in pairs},
    )


def disputed_years(studies: Sequence[Study], screened: Screened, results: Path) -> list[str]:
    """A line for each study whose main record has sources that give several years, none of them most often."""
    mains = {study.main["record_id"]: study for study in studies}
    members: dict[str, list[str]] = {}
    for name, survivor in screened.cluster_of.items():
        if survivor in mains and name != survivor:
            members.setdefault(survivor, [survivor]).append(name)
    if not members:
        return []
    wanted = {name for names in members.values() for name in names}
    records = each_record(RECORDS.under(results), ("record_id", "year", "database"))
    row_of = {record["record_id"]: record for record in records if record["record_id"] in wanted}
    lines = []
    for survivor, names in members.items():
        years = [(row_of[name]["database"], row_of[name]["year"]) for name in names if row_of[name]["year"]]
        if len({year for _, year in years}) > 1 and not agreed_value(year for _, year in years):
            study, sources = mains[survivor], ", ".join(f"{where} {year}" for where, year in dict.fromkeys(years))
            lines.append(f"check the year of {study.id}, taken from {survivor} as {study.main['year']}: {sources}")
    return lines


def people(author: str) -> list[tuple[str, str]]:
    """(family name, given names) of the authors; a group has no given names."""
    named = [person.partition(",") for person in split_list(author)]
    return [(family.strip(), given.strip()) for family, _, given in named if family.strip()]


def label_of(record: Record) -> str:
    """How tables name a study: `Wagner et al`, `Ahn & Rhee`, `Chu`; the title's start where nobody signed."""
    families = [family for family, _ in people(record["author"])]
    if not families:
        return str(record["title"][:40]).strip() or str(record["record_id"])
    if len(families) <= TWO:
        return " & ".join(families)
    return f"{families[0]} et al"


def source_of(record: Record) -> str:
    """The journal of a record as reference lists have it: its abbreviation where there is one, without a point."""
    return str(record["journal_abbrev"] or record["journal"]).rstrip(".")


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", without_accents(text.casefold()).encode("ascii", "ignore").decode())


def study_name(record: Record, taken: Collection[str]) -> str:
    """An id that no other study has: wagner2016, wagner2016b; citation keys have this form too."""
    families = [_letters(family) for family, _ in people(record["author"])]
    words = [word for word in map(_letters, str(record["title"]).split()) if word and word not in SMALL]
    name = next((name for name in (*families[:1], *words) if name), "study")[:LONGEST_NAME]
    base = (name if name[0].isalpha() else f"s{name}") + (str(record["year"]) or "nd")
    tried = [base, *(f"{base}{letter}" for letter in "bcdefghijklmnopqrstuvwxyz")]
    return next((name for name in tried if name not in taken), f"{base}-{len(taken)}")


def new_studies(
    screened: Screened, reported: Collection[str], named: Mapping[str, str], taken: Iterable[str]
) -> list[Study]:
    """The studies of the included records that no study has yet.

    `reported` are the records (survivors of their clusters) that belong to a study, `named` record -> the key by which
    the references cite it, `taken` the ids of studies and keys. A preprint joins its article.
    """
    ids = set(taken)
    studies: dict[str, Study] = {}
    included = {record["record_id"] for record in screened.included}
    groups: dict[str, list[Record]] = {}
    for record in screened.included:
        if (name := record["record_id"]) not in reported:
            article = screened.article_of.get(name, name)
            groups.setdefault(article if article in included - set(reported) else name, []).append(record)
    for main, records in groups.items():
        records.sort(key=lambda record: record["record_id"] != main)
        name = named.get(main) or study_name(records[0], ids)
        ids.add(name)
        studies[main] = Study(name, records)
    return list(studies.values())


def reported_in(rows: Sequence[Sequence[str]], screened: Screened, numbers: Mapping[str, str]) -> dict[str, str]:
    """Record -> study, of rows (record_id, study_id) that name records by any id or number; `numbers` gives those."""
    studies = {}
    for written, study in rows:
        name = screened.cluster_of.get(written) or numbers.get(written.lower())
        if name:
            studies[name] = study
    return studies
