"""`prismake add`: one thing more for the review in this folder, with its files and its lines in the settings."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from prismake.adding import parts
from prismake.adding.grade import grade
from prismake.common.errors import stop
from prismake.common.stages import ROLES
from prismake.manuscript.contributions import ROLES as CONTRIBUTIONS
from prismake.review.typed import one_line, people_in
from prismake.synthesis.outcomes import KIND_OF


def _parser(
    kinds: argparse._SubParsersAction[argparse.ArgumentParser], name: str, purpose: str
) -> argparse.ArgumentParser:
    return kinds.add_parser(name, help=purpose, description=f"{purpose[0].upper()}{purpose[1:]}.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `prismake add`: what is added, each with arguments of its own."""
    kinds = parser.add_subparsers(dest="what", metavar="WHAT", required=True)

    one = _parser(kinds, "search", "a search, with its exports")
    one.add_argument("exports", type=Path, nargs="+", metavar="EXPORT", help="the exports of one search")
    one.add_argument("--date", required=True, help="when it was searched, YYYY-MM-DD")
    one.add_argument("--id", dest="named", default="", help="a short name (default: from the export's name)")
    one.add_argument("--database", default="", help="the name as printed (default: from the export)")
    one.add_argument("--kind", choices=["database", "register", "other"], default="")
    one.add_argument("--method", choices=["website", "organisation", "citation", "other"], default="")

    one = _parser(kinds, "stage", "a stage of screening")
    one.add_argument("id")
    one.add_argument("--label", default="", help="its box in the figure")
    one.add_argument("--role", choices=ROLES, default="")
    one.add_argument(
        "--before", default="", metavar="STAGE", help="the stage that follows it (default: it is the last)"
    )
    one.add_argument("--reason", action="append", default=[], help="a reason for exclusion, as printed; once for each")
    one.add_argument(
        "--by-appraisal",
        action="append",
        default=[],
        metavar="ANSWER",
        help="an overall answer of an appraisal form that excludes a study here; once for each",
    )

    one = _parser(kinds, "reviewers", "people who screen, each with sheets of their own")
    one.add_argument("names", metavar="NAME,NAME", help="such as Ana,Ben: each record goes to two of them")

    one = _parser(kinds, "table", "a printed table of the studies")
    one.add_argument("id")
    one.add_argument(
        "columns", nargs="+", metavar="[HEADER=]COLUMN", help="a column of the extraction, with its header"
    )
    one.add_argument("--caption", required=True)

    one = _parser(kinds, "meta", "a meta-analysis")
    one.add_argument("id", help="its name in the text: {{ meta.NAME }}")
    one.add_argument("--outcome", required=True, help="the outcome, as the table of outcomes names it")
    one.add_argument("--measure", required=True, type=str.upper, choices=sorted(KIND_OF), help="the effect measure")
    one.add_argument("--arm", default="", help="the arm whose effect it is, by its name or intervention")
    one.add_argument("--versus", default="", help="the arm that it is compared with")
    one.add_argument("--time", default="", help="the time point, where studies report several")
    one.add_argument("--model", default="", help="the model (default: REML, of PETO peto)")
    one.add_argument("--test", default="", help="the interval: z (default), t, hartung-knapp, hartung-knapp-adhoc")
    one.add_argument("--subgroups", default="", metavar="COLUMN", help="the column of studies that groups them")
    one.add_argument("--moderator", default="", metavar="COLUMN", help="a numeric column of studies")

    _parser(kinds, "grade", "the workbook of GRADE judgements, with a row for each meta-analysis")

    one = _parser(kinds, "form", "an appraisal form")
    one.add_argument("id", help="the form's id, such as case_series or rob2")
    one.add_argument("--design", action="append", default=[], help="a design that it is for; once for each")
    one.add_argument("--based-on", default="", metavar="ID", help="makes a form of your own like this one")

    one = _parser(kinds, "journal", "the journal of the manuscript")
    one.add_argument("id")
    one.add_argument("--based-on", default="", metavar="ID", help="makes a journal of your own like this one")

    one = _parser(kinds, "author", "an author")
    one.add_argument("name")
    one.add_argument("--affiliation", action="append", default=[], help="once for each")
    one.add_argument("--email", default="")
    one.add_argument("--orcid", default="")
    one.add_argument(
        "--role", action="append", default=[], choices=list(CONTRIBUTIONS), help="of CRediT; once for each"
    )

    one = _parser(kinds, "section", "a section of the manuscript")
    one.add_argument("heading")
    one.add_argument("--after", default="", metavar="FILE", help="the section that it follows (default: the last)")
    one.add_argument("--role", default="", help="what the section is to the journal, such as ai-use")

    one = _parser(kinds, "citation", "the reference of a record of the last build")
    one.add_argument("number", metavar="DOI|PMID|RECORD", help="a DOI, a PubMed id or a record id")
    one.add_argument("--key", default="", help="the citation key (default: author and year)")


ADDING: dict[str, Callable[[argparse.Namespace], list[str]]] = {
    "search": lambda given: parts.search(
        given.exports, name=given.named, database=given.database, date=given.date, kind=given.kind, method=given.method
    ),
    "stage": lambda given: parts.stage(
        given.id,
        label=given.label,
        role=given.role,
        before=given.before,
        reasons=given.reason,
        by_appraisal=given.by_appraisal,
    ),
    "reviewers": lambda given: parts.reviewers(people_in(given.names, "reviewers")),
    "table": lambda given: parts.table(given.id, caption=given.caption, columns=given.columns),
    "meta": lambda given: parts.meta(
        given.id, **{key: getattr(given, key) for key in parts.META if getattr(given, key)}
    ),
    "grade": lambda _: grade(parts.CONFIG),
    "form": lambda given: parts.form(given.id, designs=given.design, based_on=given.based_on),
    "journal": lambda given: parts.journal(given.id, based_on=given.based_on),
    "author": lambda given: parts.author(
        given.name, affiliations=given.affiliation, email=given.email, orcid=given.orcid, roles=given.role
    ),
    "section": lambda given: parts.section(given.heading, after=given.after, role=given.role),
    "citation": lambda given: parts.citation(given.number, key=given.key),
}


# Arguments that every kind of addition which has them needs.
NEEDED = ("id", "names", "name", "heading", "number", "caption", "outcome")


def run(arguments: argparse.Namespace) -> int:
    """Runs `prismake add`. Raises BuildStop, and changes nothing, where what is asked for does not fit the review."""
    for name, value in vars(arguments).items():
        if isinstance(value, str):
            setattr(arguments, name, one_line(value, name))
        elif isinstance(value, list) and all(isinstance(one, str) for one in value):
            setattr(arguments, name, [one_line(one, name) for one in value])
        if name in NEEDED and not getattr(arguments, name):
            raise stop("empty-text", "is empty", where=name, fix="give a text")
    for line in ADDING[arguments.what](arguments):
        print(line)
    return 0
