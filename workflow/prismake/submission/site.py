"""The entries that the journal's site will ask for, on one page to copy from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from prismake.manuscript import tree
from prismake.manuscript.contents import flat
from prismake.manuscript.model import Manuscript
from prismake.manuscript.words import inlines_of, plain_text

MISSING = "**not given**"


def declarations(manuscript: Manuscript) -> list[tuple[str, str]]:
    """(title, text without markup) of each section of class `.declaration`."""
    sections: list[tuple[str, list[str]]] = []
    inside = False
    for block in flat(manuscript.document.blocks):
        if isinstance(block, tree.Header) and block.level == 1:
            inside = "declaration" in block.attr.classes
            if inside:
                sections.append((plain_text(block.content), []))
        elif inside:
            sections[-1][1].extend(" ".join(plain_text(line).split()) for line in inlines_of([block]))
    return [(title, "\n\n".join(line for line in lines if line)) for title, lines in sections]


def _line(label: str, text: Any) -> str:
    return f"- {label}: {MISSING if text in (None, '') else text}"


def _author(author: Mapping[str, Any], places: Mapping[str, str]) -> list[str]:
    lines = [f"### {author['name']}{' (corresponding author)' if author.get('corresponding') else ''}", ""]
    lines.append(_line("Degrees", author.get("degrees")))
    lines.append(_line("Email", author.get("email")))
    lines.append(_line("ORCID", author.get("orcid")))
    named = [places.get(str(number), str(number)) for number in author.get("affiliations") or []]
    lines.append(_line("Affiliations", "; ".join(named)))
    lines.append(_line("Roles (CRediT)", ", ".join(author.get("roles") or [])))
    return [*lines, ""]


def _answer(
    entry: Mapping[str, Any],
    answered: Mapping[str, Sequence[str]],
    sections: Mapping[str, str],
    roles: Collection[str],
) -> str:
    """What answers an entry of the profile's list: files of the bundle, or a section to copy."""
    if files := answered.get(entry.get("variant", "")):
        return ", ".join(f"`{file}`" for file in files)
    if "file" in entry:
        return f"`sections/{entry['file']}.docx`" if entry["role"] in roles else MISSING
    if "role" in entry:
        return f"copy '{sections[entry['role']]}' from below" if entry["role"] in sections else MISSING
    return "yours to bring"


def _files(
    profile: Mapping[str, Any],
    answered: Mapping[str, Sequence[str]],
    sections: Mapping[str, str],
    roles: Collection[str],
) -> list[str]:
    """One line per thing that the journal asks for; `sections` maps the roles of the declarations to their titles,
    `roles` are those of all sections.
    """
    lines = []
    for entry in profile["submission"]:
        answer = _answer(entry, answered, sections, roles)
        note = f" ({entry['note']})" if entry.get("note") else ""
        lines.append(f"- {entry['item']}{note}: {answer}")
    return lines or ["- The profile of the journal lists nothing."]


def _warnings(preflight: Mapping[str, Any]) -> list[str]:
    """What the preflight warned of: requirements that are not met, and findings in the Word document."""
    lines = [f"- {issue['message']} ({issue['where']}): {issue['fix']}" for issue in preflight["unmet"]]
    for check in preflight["checks"]:
        lines += [f"- {finding['message']} ({finding['where'] or preflight['file']})" for finding in check["findings"]]
    return ["## Requirements that the manuscript does not meet", "", *lines, ""] if lines else []


def site_page(
    manuscript: Manuscript,
    profile: Mapping[str, Any],
    answered: Mapping[str, Sequence[str]],
    references: int,
    preflight: Mapping[str, Any],
) -> str:
    """The page as Markdown.

    `answered` maps a variant to the files of the bundle that it is; `preflight` is results/manuscript/preflight.json.
    What the review does not give is marked as not given, so that nobody overlooks it.
    """
    head = manuscript.head
    sections = {section.role: section.title for section in manuscript.sections if section.declaration}
    lines = [
        f"# What {profile['name']} will ask for",
        "",
        "Copy from here into the journal's site. Whatever is marked as not given is yours to fill in.",
        "",
        "## Files",
        "",
        *_files(profile, answered, sections, {section.role for section in manuscript.sections}),
        "",
        *_warnings(preflight),
        *_facts(head, references),
        *_authors(head),
        "## Declarations",
        "",
    ]
    for title, text in declarations(manuscript):
        lines += [f"### {title}", "", text or MISSING, ""]
    if recheck := profile["recheck"]:
        lines += ["## Look up on the journal's own page before you submit", "", *(f"- {key}" for key in recheck), ""]
    return "\n".join(lines).rstrip() + "\n"


def _facts(head: Mapping[str, Any], references: int) -> list[str]:
    """Title, counts and abstract."""
    counts = head.get("word-counts") or {}
    abstract = head.get("abstract") or ""
    if isinstance(abstract, list):
        abstract = "\n\n".join(f"{part['name']}: {str(part['text']).strip()}" for part in abstract)
    return [
        "## Title",
        "",
        _line("Title", head.get("title")),
        _line("Short title", head.get("short-title")),
        _line("Keywords", ", ".join(head.get("keywords") or [])),
        "",
        "## Counts",
        "",
        _line("Words of the abstract", counts.get("abstract")),
        _line("Words of the text", counts.get("text")),
        _line("References", references),
        _line("Tables", head.get("tables")),
        _line("Figures", head.get("figures")),
        "",
        "## Abstract",
        "",
        abstract.strip() or MISSING,
        "",
    ]


def _authors(head: Mapping[str, Any]) -> list[str]:
    places = {str(place["id"]): str(place["name"]) for place in head.get("affiliation") or []}
    return ["## Authors", "", *(line for author in head.get("author") or [] for line in _author(author, places))]
