"""What a journal would send a manuscript back for: limits passed, parts and sections missing."""

from __future__ import annotations

from typing import Any

from prismake.common.errors import Issue, counted
from prismake.document.matter import Matter
from prismake.manuscript.model import Manuscript
from prismake.manuscript.walking import lists_of, walk

METADATA = "change it in manuscript/metadata.yaml"
FIXES = {"keywords": METADATA, "text-short": "write more, or ask the journal"}
# The entry of the head that an issue is about.
KEYS = {"abstract-length": "abstract", "title-length": "title", "keywords": "keywords"}


def _beyond(matter: Matter, profile: dict[str, Any], references: int) -> list[tuple[str, str]]:
    """(code, message) for each count on the wrong side of a limit."""
    limits, name = profile["limits"], profile["name"]
    head = profile["running_head"].get("max_characters")
    displays = ("table or figure", "tables and figures")
    counts = [
        ("abstract-length", "the abstract has {}", ("word",), matter.abstract_words, profile["abstract"]["max_words"]),
        ("text-length", "the text has {}", ("word",), matter.text_words, limits.get("max_words")),
        ("title-length", "the title has {}", ("word",), len(matter.title.split()), limits.get("title_words")),
        ("title-length", "the title has {}", ("character",), len(matter.title), limits.get("title_characters")),
        ("title-length", "the short title has {}", ("character",), len(matter.short_title), head),
        ("too-many", "the manuscript has {}", ("reference",), references, limits.get("references")),
        ("too-many", "the manuscript has {}", ("table",), matter.tables, limits.get("tables")),
        ("too-many", "the manuscript has {}", ("figure",), matter.figures, limits.get("figures")),
        (
            "too-many",
            "the manuscript has {}",
            displays,
            matter.tables + matter.figures,
            limits.get("tables_and_figures"),
        ),
    ]
    beyond = [
        (code, f"{text.format(counted(number, *nouns))}; {name} takes {limit:,}")
        for code, text, nouns, number, limit in counts
        if number is not None and limit is not None and number > limit
    ]
    least = limits.get("min_words")
    if least and matter.text_words is not None and matter.text_words < least:
        beyond.append(
            ("text-short", f"the text has {counted(matter.text_words, 'word')}; {name} takes {least:,} or more")
        )
    few, many = profile["keywords"]["min"], profile["keywords"]["max"]
    if not few <= (number := len(matter.keywords)) <= many:
        beyond.append(
            (
                "keywords",
                f"there {'is' if number == 1 else 'are'} {counted(number, 'keyword')}; {name} takes {few} to {many}",
            )
        )
    return beyond


def _abstract(matter: Matter, profile: dict[str, Any]) -> list[str]:
    """What is wrong with the abstract's structure."""
    wanted, name = profile["abstract"]["parts"], profile["name"]
    if not wanted or matter.abstract_words is None:
        return []
    if not matter.abstract_parts:
        parts = ", ".join(part["name"] for part in wanted if part["required"])
        return [f"the abstract is one running text; {name} asks for {parts}"]
    there = {part.lower() for part in matter.abstract_parts}
    takes = {part["name"]: {other.lower() for other in (part["name"], *part["from"])} for part in wanted}
    missing = [part["name"] for part in wanted if part["required"] and not takes[part["name"]] & there]
    unknown = [part for part in matter.abstract_parts if not any(part.lower() in names for names in takes.values())]
    return [f"the abstract has no part '{part}', which {name} asks for" for part in missing] + [
        f"the abstract has the part '{part}', which {name} does not have" for part in unknown
    ]


def _where(manuscript: Manuscript, key: str) -> str:
    """Where an entry of the head is written; the manuscript as a whole for what is no entry."""
    nodes = [node for nodes in lists_of(manuscript.document.meta.get(key)) for node in walk(nodes)]
    return manuscript.where(nodes[0].at) if nodes else manuscript.name


def _legends(manuscript: Manuscript, profile: dict[str, Any]) -> list[Issue]:
    most = profile["limits"].get("legend_words")
    return [
        Issue(
            "legend-length",
            f"the caption of {item.id} has {counted(item.words, 'word')}; {profile['name']} takes {most:,}",
            manuscript.where(item.at),
            "shorten it, or ask the journal",
            "warning",
        )
        for item in manuscript.floats
        if most is not None and item.words > most
    ]


def _sections(manuscript: Manuscript, profile: dict[str, Any]) -> list[Issue]:
    issues, name = [], profile["name"]
    there = {section.role for section in manuscript.sections if section.level == 1}
    for section in profile["sections"]:
        if section["required"] and section["role"] not in there:
            message = f"there is no section '{section.get('name', section['role'])}', which {name} asks for"
            fix = f"write it, or mark the section that serves as it: # Heading {{role={section['role']}}}"
            issues.append(Issue("section-missing", message, manuscript.name, fix, "warning"))
    levels = profile["headings"]["levels"]
    deep = next((section for section in manuscript.sections if section.level > levels), None)
    if deep:
        message = f"there are headings of level {deep.level}; {name} takes {counted(levels, 'level')}"
        issues.append(Issue("heading-level", message, manuscript.where(deep.at), "use fewer levels", "warning"))
    return issues


def unmet(matter: Matter, profile: dict[str, Any], manuscript: Manuscript, references: int) -> list[Issue]:
    """Everything about a manuscript that the journal asks for and does not get, as warnings.

    `references` is the number of works that it cites.
    """
    issues = [
        Issue(
            code,
            message,
            _where(manuscript, KEYS.get(code, "")),
            FIXES.get(code, "shorten it, or ask the journal"),
            "warning",
        )
        for code, message in _beyond(matter, profile, references)
    ]
    for message in _abstract(matter, profile):
        fix = "write abstract: in manuscript/metadata.yaml as a block with a key for each part"
        issues.append(Issue("abstract-parts", message, _where(manuscript, "abstract"), fix, "warning"))
    if profile["languages"] and matter.language not in profile["languages"]:
        message = f"the language is {matter.language}; {profile['name']} takes {' or '.join(profile['languages'])}"
        issues.append(Issue("language", message, _where(manuscript, "lang"), METADATA, "warning"))
    return [*issues, *_legends(manuscript, profile), *_sections(manuscript, profile)]
