"""What a journal would send a manuscript back for: limits passed, parts and sections missing."""

from __future__ import annotations

import re
from typing import Any

from prismake.common.errors import Issue
from prismake.document.matter import Matter, plain

METADATA = "change it in manuscript/metadata.yaml"
HEADING = re.compile(r"^# +(?P<name>.*?) *(?:\{(?P<attributes>[^{}]*)\})? *$", re.MULTILINE)
ROLE = re.compile(r"\brole=[\"']?(?P<role>[a-z-]+)")


# A table's block or a figure, each with its caption.
CAPTIONS = (
    re.compile(r"^::: \{#(?P<name>tbl:[\w-]+) .*?^: (?P<caption>[^\n]*)$", re.DOTALL | re.MULTILINE),
    re.compile(r"^!\[(?P<caption>.*)\]\([^)\n]*\)\{#(?P<name>fig:[\w-]+)", re.MULTILINE),
)
CITATION = re.compile(r"(?<!\\)\[[^\[\]]*@[^\[\]]*\]")
WORD = re.compile(r"[^\W_]+(?:[-'’.,/–±][^\W_]+)*")


def caption_words(text: str) -> dict[str, int]:
    """Words of the caption of each table (`tbl:x`) and figure (`fig:x`) of a manuscript."""
    return {
        match["name"]: len(WORD.findall(plain(CITATION.sub(" ", match["caption"]))))
        for form in CAPTIONS
        for match in form.finditer(text)
    }


def roles_in(text: str) -> dict[str, str]:
    """{title: role} of a manuscript's sections: as its headings say them, or as the headings themselves are called."""
    roles = {}
    for heading in HEADING.finditer(text):
        told = ROLE.search(heading["attributes"] or "")
        roles[plain(heading["name"])] = told["role"] if told else "-".join(heading["name"].lower().split())
    return roles


def _beyond(matter: Matter, profile: dict[str, Any], references: int) -> list[tuple[str, str]]:
    """(code, message) for each count on the wrong side of a limit."""
    limits, name = profile["limits"], profile["name"]
    counted = [
        ("abstract-length", "the abstract has {} words", matter.abstract_words, profile["abstract"]["max_words"]),
        ("text-length", "the text has {} words", matter.text_words, limits.get("max_words")),
        ("title-length", "the title has {} words", len(matter.title.split()), limits.get("title_words")),
        ("title-length", "the title has {} characters", len(matter.title), limits.get("title_characters")),
        (
            "title-length",
            "the short title has {} characters",
            len(matter.short_title),
            profile["running_head"].get("max_characters"),
        ),
        ("too-many", "there are {} references", references, limits.get("references")),
        ("too-many", "there are {} tables", matter.tables, limits.get("tables")),
        ("too-many", "there are {} figures", matter.figures, limits.get("figures")),
        (
            "too-many",
            "there are {} tables and figures",
            matter.tables + matter.figures,
            limits.get("tables_and_figures"),
        ),
    ]
    found = [
        (code, f"{text.format(f'{number:,}')}; {name} takes {limit:,}")
        for code, text, number, limit in counted
        if number is not None and limit is not None and number > limit
    ]
    least = limits.get("min_words")
    if least and matter.text_words is not None and matter.text_words < least:
        found.append(("text-length", f"the text has {matter.text_words:,} words; {name} takes {least:,} or more"))
    few, many = profile["keywords"]["min"], profile["keywords"]["max"]
    if not few <= len(matter.keywords) <= many:
        found.append(("keywords", f"{len(matter.keywords)} keywords; {name} takes {few} to {many}"))
    return found


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


def unmet(matter: Matter, profile: dict[str, Any], text: str, references: int, where: str) -> list[Issue]:
    """Everything about a manuscript that the journal asks for and does not get, as warnings.

    `text` is the manuscript, `references` the number of works that it cites.
    """
    issues = [
        Issue(code, message, where, METADATA if code == "keywords" else "shorten it, or ask the journal", "warning")
        for code, message in _beyond(matter, profile, references)
    ]
    for message in _abstract(matter, profile):
        fix = "write abstract: in manuscript/metadata.yaml as a block with a key for each part"
        issues.append(Issue("abstract-parts", message, where, fix, "warning"))
    if profile["languages"] and matter.language not in profile["languages"]:
        message = f"the language is {matter.language}; {profile['name']} takes {' or '.join(profile['languages'])}"
        issues.append(Issue("language", message, where, METADATA, "warning"))
    most = profile["limits"].get("legend_words")
    for caption, words in caption_words(text).items():
        if most is not None and words > most:
            message = f"the caption of {caption} has {words:,} words; {profile['name']} takes {most:,}"
            issues.append(Issue("legend-length", message, where, "shorten it, or ask the journal", "warning"))
    there = set(roles_in(text).values())
    for section in profile["sections"]:
        if section["required"] and section["role"] not in there:
            called = section.get("name", section["role"])
            message = f"there is no section '{called}', which {profile['name']} asks for"
            fix = f"write it, or mark the one that is it: # Heading {{role={section['role']}}}"
            issues.append(Issue("section-missing", message, where, fix, "warning"))
    deep = 1 + profile["headings"]["levels"]
    if re.search(rf"^#{{{deep},}} ", text, re.MULTILINE):
        message = f"there are headings of level {deep}; {profile['name']} takes {deep - 1} levels"
        issues.append(Issue("heading-level", message, where, "use fewer levels", "warning"))
    return issues
