"""The parts of the supplement: each a heading, a few sentences and tables, as Pandoc Markdown.

Everything that comes from records, exports or tables is escaped: it is printed verbatim and adds no markup.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prismake.common.blocks import figure_block, table_block
from prismake.common.escaping import escape
from prismake.common.results.submission import EXCLUDED_CAPTION
from prismake.manuscript.filters import date as printed_date
from prismake.submission.checklists import Checklist
from prismake.submission.marked_numbers import Show, plainly, shown
from prismake.synthesis.figures import name_of

Row = Mapping[str, Any]
# The headings by which manuscript/checklists.yaml may name a part.
STRATEGIES = "Search Strategies"
EXCLUDED = "Reports Excluded at Full Text"
TABLES = "Supplementary Tables"

OVERLAP = "Overlap of the Searches"
DUPLICATES = "Deduplication"
UNSEEN = "Records Not Screened"
AGREEMENT = "Agreement of the Reviewers"
# The values that count the searches of every kind, those of databases and registers apart from others.
SEARCHES = ("search.n_sources", "search.n_other_methods")
ENTERED = ("screened", "assessed")
NONE_DECIDED = "no pair was decided by hand."
# A note that screening writes for the review's own records, of no use to a reader.
_MERGED = re.compile(r"(?:; |\A)decided on [^;]+, merged into [^;]+(?=; |\Z)")
# "Hiro T 3rd", "Doe Jr."; a lone V or I is an initial.
_SUFFIX = re.compile(r"(?P<name>.*?[^\s,]),?\s+(?P<suffix>Jr\.?|Sr\.?|[1-9](?:st|nd|rd|th)|I{2,3}|IV|VI{1,3})")
_NUMBERED = re.compile(r"(?P<number>#?[0-9]{1,4})(?:[.):]\s*|\s+)(?P<search>\S.*)")


@dataclass
class Part:
    """One part: its heading, its blocks of Markdown, the CSL items that it cites, and its rows by record id."""

    heading: str
    blocks: list[str]
    references: list[dict[str, Any]] = field(default_factory=list)
    records: list[dict[str, str]] = field(default_factory=list)

    @property
    def markdown(self) -> str:
        """The part as Markdown."""
        return "\n\n".join([f"# {self.heading}", *self.blocks])


def _column(name: str, header: str, *, width: float = 1, align: str = "left") -> dict[str, Any]:
    return {"id": name, "header": header, "width": width, "align": align}


def _table(
    name: str, caption: str, columns: Sequence[dict[str, Any]], rows: Sequence[Sequence[str]], notes: Sequence[str] = ()
) -> str:
    return table_block(
        {"id": name, "caption": caption, "columns": columns, "rows": rows, "notes": list(notes), "wide": False}
    )


def numbered(strategy: str) -> list[tuple[str, str]]:
    """The lines of a strategy with their numbers: the platform's own (`#3`, `3.`) where every line has one."""
    lines = [line.strip() for line in strategy.splitlines() if line.strip()]
    own = [_NUMBERED.fullmatch(line) for line in lines]
    if all(own):
        return [(match["number"], match["search"]) for match in own if match]
    return [(str(number), line) for number, line in enumerate(lines, start=1)]


def _both(name: str) -> tuple[str, str]:
    """A box of the flow, and that of the records identified by other methods."""
    return f"flow.{name}", f"flow.other_{name}"


def _searches_table(searches: Sequence[Row], read: Mapping[str, int], show: Show) -> str:
    """The searches as run; `read` counts the records read from each."""
    columns = [
        _column("database", "Database or register", width=1.6),
        _column("platform", "Platform", width=1.4),
        _column("date", "Searched on", width=1.3),
        _column("hits", "Hits reported", width=0.8, align="right"),
        _column("records", "Records read", width=0.8, align="right"),
        _column("limits", "Limits", width=1.6),
    ]
    rows = [
        [
            escape(search["database"]),
            escape(search.get("platform", "Not recorded")),
            show(printed_date(search["date"]), f"search.{name_of(search['id'])}.date"),
            show(f"{search['hits']:,}", f"search.{name_of(search['id'])}.hits") if "hits" in search else "Not recorded",
            show(f"{read[search['id']]:,}", f"search.{name_of(search['id'])}"),
            escape(search.get("limits", "Not recorded")),
        ]
        for search in searches
    ]
    notes = [
        f"{escape(search['database'])}: {escape(search['hits_explained'])}."
        for search in searches
        if search.get("hits_explained")
    ]
    return _table("searches", "Searches as run", columns, rows, notes)


def strategies(searches: Sequence[Row], imports: Sequence[Row], texts: Mapping[str, str], show: Show = plainly) -> Part:
    """Every search as run: where, when, how many hits, and the strategy line by line.

    `imports` are the rows of results/import/imports.csv; `texts` maps the id of a search to its strategy, verbatim.
    The part names each search whose strategy was not recorded, because PRISMA-S asks for every strategy.
    """
    read = Counter[str]()
    for row in imports:
        read[row["search"]] += int(row["parsed"])
    any_text = any(text.strip() for text in texts.values())
    blocks = [
        f"In total, {shown(show, len(searches), SEARCHES, 'search', 'searches')} returned "
        f"{shown(show, sum(read.values()), _both('identified'), 'record')} "
        "([@tbl:searches])." + (" The strategies follow, line by line, exactly as they were run." if any_text else ""),
        _searches_table(searches, read, show),
    ]
    for search in searches:
        name = f"strategy-{search['id']}"
        heading = f"## {escape(search['database'])}"
        if not texts.get(search["id"], "").strip():
            blocks += [heading, "The strategy of this search was not recorded."]
            continue
        listing = [[escape(number), show(escape(line))] for number, line in numbered(texts[search["id"]])]
        query = [_column("line", "Line", width=0.4, align="right"), _column("search", "Search", width=6)]
        run_on = show(printed_date(search["date"]), f"search.{name_of(search['id'])}.date")
        caption = f"Strategy in {escape(search['database'])}, run on {run_on}"
        blocks += [heading, f"[@tbl:{name}] lists the strategy.", _table(name, caption, query, listing)]
    return Part(STRATEGIES, blocks)


def _person(family: str, given: str) -> dict[str, str]:
    """A person as CSL has one; "3rd" or "Jr" at the end of either name is its suffix."""
    name = {"family": family.strip(), "given": given.strip()}
    for part, text in name.items():
        if ends := _SUFFIX.fullmatch(text):
            return name | {part: ends["name"], "suffix": ends["suffix"]}
    return name


def _names(authors: str) -> list[dict[str, str]]:
    """CSL names from `Family, Given; Family, Given`."""
    names = []
    for author in filter(None, (part.strip() for part in authors.split(";"))):
        family, comma, given = author.partition(",")
        names.append(_person(family, given) if comma else {"literal": author})
    return names


def csl_item(key: str, record: Row) -> dict[str, Any]:
    """A record as CSL JSON; fields that it does not have are left out."""
    item: dict[str, Any] = {"id": key, "type": "article-journal", "title": record["title"] or "[No title]"}
    if names := _names(record["author"]):
        item["author"] = names
    if record["year"]:
        item["issued"] = {"date-parts": [[int(record["year"])]]}
    for source, target in (
        ("journal", "container-title"),
        ("volume", "volume"),
        ("number", "issue"),
        ("pages", "page"),
        ("doi", "DOI"),
    ):
        if record[source]:
            item[target] = record[source]
    return item


def unseen(stages: Sequence[Row], outcomes: Mapping[Any, int], show: Show = plainly) -> list[Part]:
    """The records that nobody had seen when screening stopped, one part; none if every record is screened.

    `stages` are those of config.yaml, `outcomes` counts the records by (last stage, decision).
    """
    names = [stage["id"] for stage in stages]
    blocks = []
    for stage in stages:
        if not stage.get("stopping_rule"):
            continue
        later = names[names.index(stage["id"]) :]
        reached = sum(number for (last, _), number in outcomes.items() if last in later)
        left = outcomes.get((stage["id"], "unseen"), 0)
        rule = escape(" ".join(stage["stopping_rule"].split()).rstrip("."))
        seen = reached - left
        # What a box of those who entered a stage is called depends on the stage.
        after = tuple(name for end in ENTERED for name in _both(f"{name_of(stage['id'])}_{end}"))
        before = _both(f"{name_of(stage['id'])}_unseen")
        blocks.append(
            f"{escape(stage.get('label') or stage['id'])}: screening stopped before every record was seen. "
            f"The rule was: {rule}. Of {shown(show, reached, (*after, *before), 'record')} at this stage, "
            f"{shown(show, seen, after, 'was', 'were')} screened and "
            f"{shown(show, left, before, 'was', 'were')} not seen by anybody."
        )
    return [Part(UNSEEN, blocks)] if blocks else []


def excluded_reports(
    verdicts: Sequence[Row], records: Mapping[str, Row], *, notes: bool = False, show: Show = plainly
) -> Part:
    """The reports read in full and excluded, each as a reference with its reason, in order of reason and year.

    `verdicts` are the rows of results/screening/screening.csv that were excluded at the last stage. The reviewers'
    notes are printed only where `notes` asks for them.
    """
    ordered = sorted(verdicts, key=lambda row: (row["label"], row["year"], row["author"].casefold(), row["record_id"]))
    if not ordered:
        return Part(EXCLUDED, ["No report was excluded after its full text was read."])
    rows, references, listed = [], [], []
    for number, verdict in enumerate(ordered, start=1):
        key = f"excluded-{number}"
        record = records[verdict["record_id"]]
        references.append(csl_item(key, record))
        authors = _names(record["author"])
        first = (authors[0].get("family") or authors[0]["literal"]) if authors else "No author"
        label = f"{first}{' et al' if len(authors) > 1 else ''}{', ' + record['year'] if record['year'] else ''}"
        note = _MERGED.sub("", verdict["note"]).removeprefix("; ") if notes else ""
        why = f"{verdict['label']}: {note}" if note else verdict["label"]
        row = {"row": str(number), "record_id": verdict["record_id"], "report": label, "title": record["title"]}
        listed.append({**row, "reason": why})
        rows.append([f"{escape(label)} [@{key}]", escape(record["title"]), escape(why)])
    columns = [
        _column("report", "Report", width=1.5),
        _column("title", "Title", width=3),
        _column("reason", "Reason", width=2.4),
    ]
    reasons = Counter(row["label"] for row in ordered)
    box = f"{name_of(ordered[0]['stage'])}_excluded"
    codes: dict[str, dict[str, None]] = {}
    for verdict in ordered:
        codes.setdefault(verdict["label"], {})[verdict["reason"]] = None
    names = {label: [name for code in own for name in _both(f"{box}_{name_of(code)}")] for label, own in codes.items()}
    by_reason = "; ".join(f"{escape(label)}, {show(f'{n:,}', *names[label])}" for label, n in reasons.items())
    return Part(
        EXCLUDED,
        [
            f"After full-text review, {shown(show, len(ordered), _both(box), 'report was', 'reports were')} excluded "
            f"([@tbl:excluded]). "
            f"By reason: {by_reason}.",
            _table("excluded", EXCLUDED_CAPTION, columns, rows),
        ],
        references,
        listed,
    )


def own_tables(tables: Sequence[Row], works: Sequence[Row]) -> list[Part]:
    """The review's own printed tables (results/tables/ID.json) that stand here, one part; none without one.

    `works` are the references of the manuscript (CSL JSON), of which the part takes those that its tables may cite;
    pandoc prints those that they do.
    """
    if not tables:
        return []
    blocks = [table_block(table) for table in tables]
    mentioned = "; ".join(f"@tbl:{table['id']}" for table in tables)
    verb = "supplements" if len(tables) == 1 else "supplement"
    text = "\n".join(blocks)
    references = [dict(work) for work in works if f"@{work['id']}" in text]
    return [Part(TABLES, [f"[{mentioned}] {verb} the tables of the manuscript.", *blocks], references)]


def overlap(sources: Sequence[Row], figure: str, alt: str, show: Show = plainly) -> Part:
    """What the searches share: the rows of results/dedup/sources.csv, and the figure."""
    searches = [row for row in sources if row["search"]]
    shared = [row["search"] for row in searches if f"with_{row['search']}" in row]
    columns = [
        _column("database", "Search", width=1.6),
        _column("records", "Records", width=0.8, align="right"),
        _column("duplicates_within", "Duplicates within", width=0.8, align="right"),
        _column("works", "Works", width=0.7, align="right"),
        _column("unique", "Unique", width=0.9, align="right"),
        _column("shared", "Shared", width=0.8, align="right"),
        *(
            _column(f"with_{row['search']}", f"With {escape(row['database'])}", width=0.9, align="right")
            for row in searches
            if row["search"] in shared
        ),
    ]
    cells = [
        [
            escape(_sentence(row["database"] or "all searches")),
            *(
                show(escape(row[name]), f"dedup.sources.{name_of(row['search'])}.{name_of(name)}") if row[name] else "–"
                for name in (column["id"] for column in columns[1:])
            ),
        ]
        for row in sources
    ]
    blocks = [
        "[@tbl:overlap] shows how many records and works each search found and how many works it shares with every "
        "other search; [@fig:overlap] shows every combination of searches.",
        _table(
            "overlap",
            "Overlap of the searches",
            columns,
            cells,
            [
                "The records of a search are its works and their duplicates within that search. A work is unique if no "
                "other search found it, and shared otherwise."
            ],
        ),
        figure_block("overlap", "Works found by each combination of searches", figure, alt),
    ]
    return Part(OVERLAP, blocks)


def deduplication(
    records: int,
    works: int,
    rules: Mapping[str, int],
    to_review: Sequence[Row],
    decided: Sequence[Row],
    show: Show = plainly,
) -> Part:
    """How duplicates were found: merges by rule, pairs left to a person, what people decided."""
    columns = [_column("rule", "Rule", width=4), _column("merges", "Merges", width=1, align="right")]
    rows = [
        [escape(_sentence(rule)), show(f"{n:,}", f"dedup.rules.{name_of(rule)}")]
        for rule, n in sorted(rules.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    rows.append(["Total", show(f"{sum(rules.values()):,}", "dedup.pairs")])
    text = (
        f"Of {shown(show, records, _both('identified'), 'record')}, "
        f"{shown(show, records - works, _both('duplicates'), 'was a duplicate', 'were duplicates')}, "
        f"and {shown(show, works, ('dedup.sources.all.works',), 'work')} remained. "
        "A record was merged with another if the agreement between them outweighed their differences and no rule "
        "required that they be kept apart; [@tbl:merges] counts the merges by the rule on which they rest. "
        f"The software listed {shown(show, len(to_review), ('dedup.to_review',), 'doubtful pair')} for manual review; "
        + (
            f"{shown(show, len(decided), ('dedup.decided',), 'pair was', 'pairs were')} decided by hand."
            if decided
            else NONE_DECIDED
        )
    )
    return Part(DUPLICATES, [text, _table("merges", "Merges of duplicate records by rule", columns, rows)])


def _sentence(text: str) -> str:
    """A text with a capital letter first."""
    return text[:1].upper() + text[1:]


def _figure(value: Any) -> str:
    return "–" if value is None else f"{value:.2f}"


def agreement(stages: Sequence[Row], show: Show = plainly) -> Part:
    """How far reviewers agreed at each stage, before conflicts were resolved.

    `stages` are the entries of results/screening/agreement.json (stage, reviewers, n, agree, raw, kappa, low, high,
    method, reason); none if no stage had two reviewers.
    """
    if not stages:
        text = (
            "A single decision was recorded for each record at each stage, so agreement between reviewers cannot be "
            "calculated."
        )
        return Part(AGREEMENT, [text])
    columns = [
        _column("stage", "Stage", width=1.4),
        _column("reviewers", "Reviewers", width=1, align="right"),
        _column("n", "Records compared", width=1, align="right"),
        _column("agree", "Same decision", width=1, align="right"),
        _column("raw", "Raw agreement", width=1, align="right"),
        _column("kappa", "Kappa (95% interval)", width=1.6, align="right"),
        _column("method", "Statistic", width=1.2),
    ]
    rows = []
    for stage in stages:
        reviewers = stage["reviewers"]
        name = f"agreement.{name_of(str(stage['stage']))}"
        low, high = (show(_figure(stage.get(end)), f"{name}.{end}") for end in ("low", "high"))
        interval = f" ({low}–{high})" if stage.get("low") is not None else ""
        rows.append(
            [
                escape(str(stage["stage"])),
                show(str(len(reviewers) if isinstance(reviewers, list) else reviewers), f"{name}.reviewers"),
                show(f"{stage['n']:,}", f"{name}.n"),
                show(f"{stage['agree']:,}", f"{name}.agree"),
                show(_figure(stage["raw"]), f"{name}.raw"),
                show(_figure(stage["kappa"]), f"{name}.kappa") + interval,
                escape(str(stage["method"])),
            ]
        )
    notes = [f"{escape(str(stage['stage']))}: {escape(stage['reason'])}." for stage in stages if stage.get("reason")]
    return Part(
        AGREEMENT,
        [
            "[@tbl:agreement] shows how far the reviewers agreed before their conflicts were resolved.",
            _table("agreement", "Agreement of the reviewers by stage", columns, rows, notes),
        ],
    )


def checklist(form: Checklist, located: Mapping[str, str]) -> Part:
    """A reporting checklist, its items word for word where they may be stored, with where each is reported."""
    rows, last = [], ""
    worded = any(item.text for item in form.items)
    for item in form.items:
        topic = item.topic if item.section == item.topic else f"{item.section}: {item.topic}"
        cells = [escape(topic) if topic != last else "", item.item, escape(item.text)]
        rows.append([*(cells if worded else cells[:2]), escape(located.get(item.item, ""))])
        last = topic
    columns = [
        _column("topic", "Section and topic", width=1.5 if worded else 3.9),
        _column("item", "Item", width=0.5),
        *([_column("text", "Checklist item", width=3.4)] if worded else []),
        _column("reported", "Where reported", width=1.6 if worded else 2.6),
    ]
    name = form.id.replace("_", "-")
    credit = f"Items: {escape(form.source)}. Licence: {escape(form.licence)}. Pages are those of the manuscript's PDF."
    return Part(
        form.name,
        [
            f"[@tbl:{name}] shows where the manuscript reports each item.",
            _table(name, form.name, columns, rows, [credit]),
        ],
    )


def front_matter(head: Mapping[str, Any]) -> str:
    """The YAML head of the supplement, from that of the manuscript: who wrote what it belongs to."""
    taken = ("author", "affiliation", "correspondence", "lang", "date-fixed", "draft")
    shared = {key: head[key] for key in taken if key in head}
    return json.dumps({"title": f"Supplementary Material: {head['title']}", **shared}, ensure_ascii=False, indent=1)
