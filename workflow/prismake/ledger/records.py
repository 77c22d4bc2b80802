"""Values about records: searches, deduplication, the boxes of the flow, agreement between reviewers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from prismake.common.errors import stop
from prismake.common.results.flow import FLOW, INCLUDES
from prismake.common.results.records import LINKS, MERGES, SOURCES, TO_REVIEW
from prismake.common.results.screening import AGREEMENT
from prismake.common.results.synthesis import STUDIES
from prismake.common.values import OWN, Kind, Noun, Tree, Value, count, noun
from prismake.synthesis.figures import name_of

Row = Mapping[str, Any]

RECORD, REPORT, STUDY = noun("records"), noun("reports"), noun("studies")
PAIR, DATABASE = noun("pairs"), noun("databases")
# What is screened, by the words of a stage's label.
SCREENED = (noun("titles"), noun("abstracts"), noun("full texts"), noun("articles"), noun("citations"), REPORT)
COPIES = (noun("duplicates"), noun("copies"))
# Words of which a sentence about a box uses one, by the role of the box.
ROLES = {
    "duplicates": ("duplicate", "duplicates", "copies", "deduplication", "deduplicated"),
    "excluded": (
        *(
            "excluded",
            "removed",
            "retrieved",
            "ineligible",
            "exclusion",
            "exclusions",
            "retrieve",
            "obtain",
            "obtained",
        ),
        *("unavailable", "available", "discarded", "rejected", "eliminated", "dropped", "unsuitable", "inaccessible"),
    ),
    "pending": ("pending", "awaiting", "wait", "classification", "ongoing"),
}
# How the columns begin that count the works which another search found too.
TOGETHER = "with_"
WITHOUT_MEANING = frozenset(
    "a an and any as at by for from in is not no none of on or other that the to was were with without about".split()  # noqa: SIM905
)


def words_of(label: str) -> tuple[str, ...]:
    """The words of a label that carry its meaning, in lower case."""
    return tuple(dict.fromkeys(word for word in re.findall(r"[\w-]+", label.lower()) if word not in WITHOUT_MEANING))


def distinct(words: Sequence[str], rivals: Sequence[str]) -> tuple[str, ...]:
    """The words that no rival has; all words where each is also a rival's."""
    # Every sentence about a group of studies says study.
    own = tuple(word for word in words if word not in (*rivals, "study", "studies"))
    return own or tuple(words)


def _box_nouns(box: Row, boxes: Sequence[Row], included: Sequence[Noun]) -> tuple[Noun, ...]:
    """What a box counts; the reasons of a stage count what their stage does, the last box what the review includes."""
    whole = next((one for one in boxes if one["id"] == box.get("parent")), None)
    if box["role"] == "reason" and whole:
        return _box_nouns(whole, boxes, included)
    label = box["label"].lower()
    named = [pair for pair in SCREENED if pair[1] in label or pair[0] in label]
    if box["role"] == "included":
        # A study may have several reports; the box counts these.
        return (*included, REPORT, RECORD) if box.get("studies", box["n"]) == box["n"] else (REPORT, RECORD)
    if box["role"] == "duplicates":
        return RECORD, *COPIES
    further = [REPORT] if box.get("kind") in ("assessment", "retrieval") else []
    return tuple(dict.fromkeys((RECORD, *named, *further)))


def _box_roles(box: Row, boxes: Sequence[Row]) -> tuple[tuple[str, ...], ...]:
    role = box.get("role", "")
    if role in ROLES:
        return (ROLES[role],)
    if role not in ("reason", "source"):
        return ()
    siblings = [other for other in boxes if other.get("parent") == box.get("parent") and other is not box]
    words = distinct(words_of(box["label"]), [word for other in siblings for word in words_of(other["label"])])
    return (words,) if words else ()


def flow_values(flow: Mapping[str, Any]) -> Tree:
    """Box id with underscores -> its number; `<box>_studies` and `<box>_reports` where a box counts them apart.

    Raises BuildStop if two boxes get the same name.
    """
    values: Tree = {}
    one, other = flow.get("includes", INCLUDES)
    included = tuple(dict.fromkeys([(one, other), STUDY]))
    for box in flow["boxes"]:
        roles, records = _box_roles(box, flow["boxes"]), box.get("records", "")
        how = f"rows of {records}" if records else f"the box '{box['id']}' of {FLOW.path}"
        made = {
            "": count(
                box["n"],
                how,
                *_box_nouns(box, flow["boxes"], included),
                roles=roles,
                records=records,
                files=(FLOW.path,),
            )
        }
        for part, many in (("studies", included), ("reports", (REPORT,))):
            if part in box:
                made[f"_{part}"] = count(box[part], f"{part} among the {how}", *many, roles=roles, records=records)
        for part, value in made.items():
            name = name_of(box["id"]) + part
            if name in values:
                message = f"two boxes of the flow have the name '{name}' in the text"
                raise stop("box-name", message, where=box["id"], fix="rename one")
            values[name] = value
    return values


def _searched(names: Sequence[str], kind: str, many: str, config: str) -> tuple[Value, Value]:
    how = f"searches of {config} of the kind {kind}" if kind else f"searches of {config}"
    return Value(list(names), "list", how, files=(config,)), count(len(names), how, noun(many), files=(config,))


def search_values(searches: Sequence[Row], flow: Mapping[str, Any], config: str = "config.yaml") -> Tree:
    """The sources of the search with dates, and the records each gave as the flow counts them.

    Sources are databases and registers, as in the figure's first column; searches by other methods are listed apart.
    A search whose records the flow counts as a database's and a register's has both.
    """
    boxes = {box["id"]: box for box in flow["boxes"]}
    names = {
        kind: [search["database"] for search in searches if search.get("kind", "database") == kind]
        for kind in ("database", "register", "other")
    }
    sources = [search["database"] for search in searches if search.get("kind") != "other"]
    dates = sorted(search["date"] for search in searches)
    values: Tree = {}
    for name, listed, kind, many in (
        ("databases", names["database"], "database", "databases"),
        ("registers", names["register"], "register", "registers"),
        ("sources", sources, "", "sources"),
        ("other_methods", names["other"], "other", "methods"),
    ):
        values[name], values[f"n_{name}"] = _searched(listed, kind, many, config)
    values["n_sources"] = count(len(sources), f"searches of {config}", noun("sources"), DATABASE, files=(config,))
    values["first_date"] = Value(dates[0], "date", "the earliest date of a search", files=(config,))
    values["last_date"] = Value(dates[-1], "date", "the latest date of a search", files=(config,))
    for search in searches:
        if (name := name_of(search["id"])) in values:
            message = f"a search cannot have the id '{search['id']}'"
            raise stop("search-name", message, where="config.yaml: searches", fix="rename it")
        own = [
            boxes[key]
            for kind in ("", ".database", ".register")
            if (key := f"identified.{search['id']}{kind}") in boxes
        ]
        lists = [box["records"] for box in own if "records" in box]
        number = sum(box["n"] for box in own)
        identified = count(
            number,
            "rows of " + " and ".join(lists) if lists else f"boxes of {FLOW.path}",
            RECORD,
            roles=(words_of(search["database"]),),
            records=lists[0] if len(lists) == 1 else "",
            files=(FLOW.path,),
        )
        values[name] = {
            OWN: identified,
            "n": identified,
            "database": Value(search["database"], "text", "name of the database", files=(config,)),
            "date": Value(search["date"], "date", "date of the search", files=(config,)),
        }
        if "hits" in search:
            how = "hits that the platform reported"
            values[name]["hits"] = count(search["hits"], how, noun("hits"), RECORD, files=(config,))
    return values


def deduplication_values(
    rules: Mapping[str, int],
    merged: int,
    to_review: Sequence[Row],
    decided: Sequence[Row],
    links: Sequence[Row],
    sources: Sequence[Row],
) -> Tree:
    """What deduplication did: works `merged`, pairs by rule, pairs for a person and decided by one, preprints linked,
    works by search.
    """
    values: Tree = {
        "merged": count(
            merged,
            "works with more than one record",
            noun("works"),
            records=MERGES.path,
            roles=(ROLES["duplicates"],),
        ),
        "pairs": count(sum(rules.values()), "pairs of records that were merged", PAIR, records=MERGES.path),
        "to_review": count(len(to_review), "pairs that a person judges", PAIR, records=TO_REVIEW.path),
        "decided": count(len(decided), "rows of the file that deduplication: decisions in config.yaml names", PAIR),
        "linked": count(len(links), "preprints linked to their articles", noun("preprints"), PAIR, records=LINKS.path),
        "rules": {
            name_of(rule): count(number, f"pairs merged by the rule '{rule}'", PAIR, RECORD, records=MERGES.path)
            for rule, number in sorted(rules.items())
        },
        "sources": {},
    }
    for row in sources:
        role = (words_of(row["database"]),) if row["search"] != "all" else ()
        together = [column for column in row if column.startswith(TOGETHER) and row[column]]
        values["sources"][name_of(row["search"])] = {
            name_of(column): count(
                int(row[column]),
                f"column {column} of {SOURCES.path}",
                *(() if column in ("records", "duplicates_within") else (noun("works"),)),
                RECORD,
                roles=role,
                files=(SOURCES.path,),
                columns=(column,),
            )
            for column in ("records", "duplicates_within", "works", "unique", "shared", *together)
        }
    return values


# What agreement says, by its key: kind, noun, how.
AGREED = ("agreement", "agreed", "agree", "agreeing", "kappa", "κ", "concordance", "concordant", "reliability")
DIFFERED = (
    "conflict",
    "conflicts",
    "disagreement",
    "disagreements",
    "disagreed",
    "differed",
    "discrepancies",
    "discordant",
)
AGREEMENT_PARTS: dict[str, tuple[Kind, Noun | None, str]] = {
    "raw": ("share", None, "share of records on which the reviewers agree"),
    "kappa": ("measure", None, "kappa of the reviewers' decisions"),
    "low": ("measure", None, "lower bound of the 95% confidence interval of kappa"),
    "high": ("measure", None, "upper bound of the 95% confidence interval of kappa"),
    "n": ("count", RECORD, "records that the reviewers judged"),
    "agree": ("count", RECORD, "records on which the reviewers agree"),
    "conflicts": ("count", noun("conflicts"), "records on which the reviewers differ"),
    "method": ("text", None, "the coefficient"),
    "reviewers": ("count", noun("reviewers"), "reviewers"),
}


CELLS = noun("cells")


def double_extraction_values(agreement: Mapping[str, Any]) -> Tree:
    """How far several extractors agree, over all cells that one of them filled in and column by column."""
    files = (STUDIES.path,)
    about = "filled in by at least one extractor"

    def compared(counts: Mapping[str, Any], where: str) -> Tree:
        made: Tree = {
            "n": count(counts["n"], f"cells{where} {about}", CELLS, files=files),
            "agree": count(counts["agree"], f"cells{where} on which the extractors agree", CELLS, files=files),
            "raw": Value(
                counts["raw"], "share", f"share of the cells{where} on which the extractors agree", files=files
            ),
        }
        if counts.get("kappa") is not None:
            made["kappa"] = Value(counts["kappa"], "measure", f"kappa of the extractors{where}", files=files)
        return made

    columns = {name_of(name): compared(counts, f" of {name}") for name, counts in agreement["columns"].items()}
    people = Value(list(agreement["extractors"]), "list", "people who extracted each on their own", files=files)
    undecided = count(agreement["open"], "differences that nobody has decided", noun("differences"), files=files)
    return {"extractors": people, **compared(agreement, ""), "open": undecided, "columns": columns}


def agreement_values(agreement: Mapping[str, Any]) -> Tree:
    """Stage -> the agreement of its reviewers: raw, kappa with its interval, records, conflicts; nothing if none."""
    stages: Tree = {}
    for stage in agreement["stages"]:
        made: Tree = {}
        for key, (kind, counted, how) in AGREEMENT_PARTS.items():
            own: Kind = "list" if isinstance(stage[key], list) else kind
            nouns = tuple(dict.fromkeys((counted, RECORD, *SCREENED))) if counted else ()
            role = {"conflicts": (DIFFERED,), "n": (), "method": (), "reviewers": ()}.get(key, (AGREED,))
            how_here = f"{how} at the stage {stage['stage']}"
            made[key] = Value(stage[key], own, how_here, nouns=nouns, roles=role, files=(AGREEMENT.path,))
        stages[name_of(stage["stage"])] = made
    return {"agreement": stages} if stages else {}
