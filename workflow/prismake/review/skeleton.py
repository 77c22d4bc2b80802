"""The files of a new review: settings, empty tables, a manuscript to fill in, and what builds them elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from prismake import ENGINE, __version__
from prismake.common.places import SCHEMAS
from prismake.common.yaml_files import house_yaml
from prismake.review.journal import find_journal, read_profile
from prismake.review.kinds import KINDS
from prismake.review.start import SNAKEFILE
from prismake.review.typed import as_markdown
from prismake.review.workbooks import EXTRACTION

TEXTS = Path(__file__).with_name("skeleton")
HOME = "https://github.com/prismake/prismake"
# What editors read to complete and check config.yaml.
SCHEMA = "config.schema.json"
# Of this computer, which Snakemake takes by itself, and of clusters, for those who name one.
PROFILES = tuple(f"profiles/{name}/config.yaml" for name in ("default", "generic", "slurm"))
PREVIOUS = "data/flow/previous_studies.csv"
# The kind of review -> how the text calls it, the guideline of its report, and where else its references are.
NAMES = {
    "systematic": ("systematic review", "the PRISMA 2020 statement [@page2021]", ""),
    "update": ("updated systematic review", "the PRISMA 2020 statement [@page2021]", ""),
    "living": ("living systematic review", "the PRISMA 2020 statement [@page2021] and PRISMA-LSR [@akl2024]", "living"),
    "scoping": ("scoping review", "PRISMA-ScR [@tricco2018] and the PRISMA 2020 statement [@page2021]", "scoping"),
    "umbrella": ("umbrella review", "the PRISMA 2020 statement [@page2021]", ""),
}
# The reasons for exclusion of a full text, code -> text as printed, by kind of review; another kind has those of a
# systematic review. A scoping review asks for population, concept and context, whatever the outcomes.
REASONS = {
    "systematic": {
        "other_design": "Another study design",
        "no_outcome": "Outcome of interest not reported",
    },
    "scoping": {
        "other_concept": "Another population, concept or context",
        "other_source": "Another type of source of evidence",
    },
    "umbrella": {
        "other_design": "Not a systematic review",
        "no_outcome": "Outcome of interest not reported",
    },
}
# A declaration that a journal asks for -> its heading, and what its author states.
DECLARATIONS = {
    "data": ("Data Availability", "where the data, decisions and programs of this review are available"),
    "ethics": ("Ethics Approval", "that no approval was needed, and why, or which committee gave it"),
    "consent": ("Consent for Publication", "that it does not apply, or who gave it"),
    "patient-involvement": ("Patient and Public Involvement", "whether and how patients and the public took part"),
    "acknowledgments": ("Acknowledgments", "who helped without being an author, or none"),
    "contributions": ("Author Contributions", "who did what; roles in metadata.yaml print with contributions()"),
    "funding": ("Funding", "who paid for the work, or that nobody did, and the role of the funder"),
    "interests": ("Competing Interests", "the interests of each author, or none"),
    "registration": ("Registration", "where the review and its protocol are registered, or that they are not"),
    "ai-use": ("Use of Artificial Intelligence", "which tools took part, or none; automation.statement prints them"),
    "transparency": ("Transparency", "that the report is honest, accurate and complete"),
    "key-messages": ("Key Messages", "what was known, and what this review adds"),
    "highlights": ("Highlights", "three to five short statements of what was found"),
    "plain-summary": ("Plain-Language Summary", "the question and the answer in everyday words"),
    "significance": ("Significance", "what the review adds, in a few sentences"),
}
# The parts of the abstract; a journal may have other names for them, and parts of its own.
BACKGROUND, SOURCES, METHODS, RESULTS, CONCLUSIONS = "Background", "Data sources", "Methods", "Results", "Conclusions"
ABSTRACT = {
    BACKGROUND: '{{ to_write("why the review is needed, and its question") }}',
    SOURCES: "We searched {{ search.sources | listing }} up to {{ search.last_date | date }}.",
    METHODS: '{{ to_write("eligibility, appraisal and synthesis") }}',
    RESULTS: (
        "Of {{ flow.identified }}, {{ flow.included }} {{ flow.included | plural('was', 'were') }} included.\n"
        "@@findings@@"
    ),
    CONCLUSIONS: '{{ to_write("what follows from it") }}',
}


@dataclass(frozen=True)
class Setup:
    """What a person says of a new review; `title` and `question` may be empty.

    `searches` are the entries of config.yaml, `forms` the ids of appraisal forms, `reviewers` the people who screen.
    """

    title: str
    question: str
    kind: str
    journal: str
    searches: Sequence[Mapping[str, Any]]
    forms: Sequence[str] = ()
    reviewers: Sequence[str] = ()


def editors_schema() -> str:
    """The schema of config.yaml as editors read it: JSON, with the same keys, defaults and descriptions."""
    return json.dumps(house_yaml(SCHEMAS / "config.schema.yaml"), ensure_ascii=False, indent=1) + "\n"


_MARK = re.compile(r'to_write\("([^"]*)"\)')
_PLACE = re.compile(r"@@(\w+)@@")


def _filled(name: str, words: Mapping[str, str]) -> str:
    text = (TEXTS / name).read_text(encoding="utf-8")
    # In one pass, so that a word that looks like a place is not filled in turn.
    return _PLACE.sub(lambda place: words[place[1]], text)


def _to_write(what: str) -> str:
    return f"{{{{ to_write({json.dumps(what, ensure_ascii=False)}) }}}}"


def _prompts(kind: str) -> dict[str, str]:
    """Place in the sections -> what it waits for in a kind of review."""
    all_prompts = house_yaml(TEXTS / "prompts.yaml")
    prompts = {**all_prompts["systematic"], **all_prompts.get(kind, {})}
    history = f"{_to_write(prompts.pop('history'))}\n" if "history" in prompts else ""
    return {name: _to_write(what) for name, what in prompts.items()} | {"history": history}


def prompts_of_all_kinds() -> list[str]:
    """What the marks of new reviews, of every kind and journal, ask their authors to write."""
    kinds = house_yaml(TEXTS / "prompts.yaml").values()
    files = [*TEXTS.glob("*.md"), TEXTS / "metadata.yaml"]
    sources = [*(file.read_text(encoding="utf-8") for file in sorted(files)), *ABSTRACT.values()]
    marks = [text for source in sources for text in _MARK.findall(source)]
    return [*marks, *(what for _, what in DECLARATIONS.values()), *(text for kind in kinds for text in kind.values())]


def _appraisal(forms: Sequence[str]) -> str:
    """The blocks of a review whose appraisal forms are known: `prismake extract` makes the workbooks."""
    listed = ", ".join(forms)
    return f"\nsynthesis:\n  extraction: {EXTRACTION}\n\nappraisal:\n  forms: [{listed}]\n" if forms else ""


def _people(reviewers: Sequence[str]) -> str:
    """The block of a review that names the people who screen."""
    if not reviewers:
        return ""
    names = json.dumps(list(reviewers), ensure_ascii=False)
    return f"""\
  # Each gets files of their own. A record goes to two of them where the stage says `reviewers: 2`; with `reviewers: 1`
  # the records are divided among them.
  to_screen:
    reviewers: {names}
"""


def _reasons(kind: str) -> str:
    """The lines of the reasons for exclusion of a full text in a kind of review."""
    reasons = REASONS.get(kind, REASONS["systematic"])
    return "".join(f"        {code}: {text}\n" for code, text in reasons.items())


def _previous(kind: str) -> str:
    """The block that names the studies of the previous version; a living review has one from its second version on."""
    block = f"flow:\n  previous: {PREVIOUS}\n"
    if kind == "update":
        return f"\n# The studies of the review that this one updates: a row per report.\n{block}"
    if kind == "living":
        commented = "".join(f"# {line}\n" for line in block.splitlines())
        return f"\n# From the second version on: the studies of the version before, a row per report.\n{commented}"
    return ""


def _declarations(sections: Sequence[Mapping[str, Any]]) -> str:
    """The declarations that the journal asks for, each with what it states; abbreviations where it lists them."""
    blocks = []
    for section in sections:
        role = section["role"]
        if role == "abbreviations":
            blocks.append("# Abbreviations {.unnumbered .declaration}\n\n{{ abbreviations() }}\n")
        elif role in DECLARATIONS and (section.get("required") or section.get("place") == "site"):
            heading, what = DECLARATIONS[role]
            blocks.append(f"# {heading} {{.unnumbered .declaration role={role}}}\n\n{_to_write(what)}\n")
    return "\n".join(blocks)


def _abstract(parts: Sequence[Mapping[str, Any]], findings: str) -> str:
    """The abstract as a block of YAML, in the parts that the journal asks for, or else in those of most journals.

    `findings` is what its results wait for.
    """
    waiting = {name: text.replace("@@findings@@", findings) for name, text in ABSTRACT.items()}
    texts: dict[str, str] = {}
    for part in parts or [{"name": name} for name in ABSTRACT if name != SOURCES]:
        names = {name.casefold() for name in (part["name"], *part.get("from", ()))}
        # Most journals have the searches among the methods.
        names |= {SOURCES.casefold()} if part["name"] == METHODS else set()
        known = [waiting.pop(name) for name in list(waiting) if name.casefold() in names]
        if known or part.get("required"):
            texts[part["name"]] = "\n".join(known) or _to_write(f"{part['name']} of the abstract")
    indented = {name: "".join(f"    {line}\n" for line in text.split("\n")) for name, text in texts.items()}
    return "".join(f"  {name}: |\n{text}" for name, text in indented.items())


def _manuscript(setup: Setup, words: Mapping[str, str]) -> dict[str, str]:
    profile = read_profile(find_journal(setup.journal).profile, SCHEMAS / "journal.schema.yaml")
    roles = [section["role"] for section in profile["sections"]]
    names = ["01.introduction.md", "02.methods.md", "03.results.md", "04.discussion.md"]
    names += ["05.conclusion.md"] if "conclusion" in roles else []
    texts = {name: _filled(name, words) for name in names}
    if declarations := _declarations(profile["sections"]):
        texts["90.declarations.md"] = declarations
    further = NAMES[setup.kind][2]
    bibliography = _filled("references.bib", {}) + (f"\n{_filled(f'references.{further}.bib', {})}" if further else "")
    words = {
        **words,
        "lang": (profile["languages"] or ["en-US"])[0],
        "abstract": _abstract(profile["abstract"]["parts"], words["findings"]),
    }
    texts |= {"metadata.yaml": _filled("metadata.yaml", words), "references.bib": bibliography}
    return {f"manuscript/{name}": text for name, text in texts.items()}


def files_of(setup: Setup) -> dict[str, str]:
    """File -> its text, for every file of a new review but the exports."""
    review, guideline, _ = NAMES[setup.kind]
    listed = yaml.safe_dump(
        [dict(search) for search in setup.searches], sort_keys=False, allow_unicode=True, width=1000
    )
    words = {
        "schema": SCHEMA,
        "version": __version__,
        "kind": setup.kind,
        "journal": setup.journal,
        "home": HOME,
        "review": review,
        "guideline": guideline,
        "searches": "".join(f"  {line}\n" for line in listed.splitlines()),
        "people": _people(setup.reviewers),
        "extracting": "Data Charting" if setup.kind == "scoping" else "Data Extraction",
        **_prompts(setup.kind),
        "previous": _previous(setup.kind),
        "seen": "        previous: Included in the previous version\n" if KINDS[setup.kind].updates else "",
        "reasons": _reasons(setup.kind),
        "both": "      reviewers: 2\n" if len(setup.reviewers) > 1 else "",
    }
    title = as_markdown(setup.title)
    quoted = {**words, "title": json.dumps(title or _to_write("the title"), ensure_ascii=False)}
    prose = {
        **words,
        "title": title or review.capitalize(),
        "question": as_markdown(setup.question) or _to_write("the question of this review"),
    }
    return {
        "Snakefile": SNAKEFILE,
        ".gitignore": ".snakemake/\nresults/\n",
        ".editorconfig": _filled("editorconfig", {}),
        ".vscode/settings.json": _filled("settings.json", {}),
        ".github/workflows/build.yml": _filled("build.yml", {}),
        "README.md": _filled("README.md", prose),
        "requirements.txt": f"prismake=={__version__}\n",
        "config.yaml": _filled("config.yaml", words) + _appraisal(setup.forms),
        SCHEMA: editors_schema(),
        **{profile: (ENGINE / profile).read_text(encoding="utf-8") for profile in PROFILES},
        "data/screening/decisions.csv": "record_id,stage,decision,reason,note\n",
        "data/dedup/decisions.csv": "record_a,record_b,decision,note\n",
        **({PREVIOUS: "study_id,report,note\n"} if setup.kind in ("update", "living") else {}),
        **_manuscript(setup, quoted | {"question": prose["question"]}),
    }
