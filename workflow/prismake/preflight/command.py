"""`prismake check`: the preflight of finished documents."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prismake.common.based_on import chain
from prismake.common.errors import inert, nearest, stop
from prismake.common.package import LARGEST_FILE
from prismake.common.places import FONTS, JOURNALS, SCHEMAS
from prismake.common.reading import check_regular
from prismake.common.writing import write_text
from prismake.common.yaml_files import load_yaml
from prismake.document.variants import VARIANTS
from prismake.preflight.document import Document
from prismake.preflight.findings import CHECKS, THEMES, Requirements
from prismake.preflight.run import Report, check_docx, checks_of, report_json
from prismake.preflight.run_pdf import check_pdf
from prismake.review.journal import OWN_JOURNALS, find_journal, journals_in, read_profile

SCHEMA = SCHEMAS / "journal.schema.yaml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options of `prismake check`."""
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE", help="Word documents and PDFs")
    journal = parser.add_mutually_exclusive_group()
    journal.add_argument("--journal", metavar="JOURNAL", help="check against this journal: its id, or its folder")
    journal.add_argument("--profile", type=Path, metavar="PROFILE.yaml", help="check against this journal's profile")
    parser.add_argument(
        "--variant",
        choices=sorted(VARIANTS),
        default="",
        help="the variant of the document (default: as its properties state)",
    )
    parser.add_argument("--blinded", action="store_true", help="check that no author is named anywhere")
    parser.add_argument(
        "--authors", type=Path, metavar="METADATA.yaml", help="the authors whose names a blinded copy must not contain"
    )
    parser.add_argument(
        "--name", action="append", default=[], metavar="NAME", help="another such name; may be repeated"
    )
    parser.add_argument(
        "--allow", action="append", default=[], metavar="CHECK", help="report this check as a warning; may be repeated"
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the report as JSON to this file, or to the screen with -"
    )
    parser.add_argument("--list", action="store_true", help="list all checks and exit")


def checks_by_theme() -> str:
    """All checks by theme, one line per check."""
    lines = []
    for theme in THEMES:
        checks = [check for check in CHECKS if check.theme == theme]
        if checks:
            lines += [f"{theme.capitalize()}", *(f"  {c.id:24} {c.severity:8} {c.description}" for c in checks)]
    return "\n".join(lines)


def authors_of(path: Path) -> list[dict[str, Any]]:
    """The authors that a metadata file names. Raises BuildStop if it names none."""
    content = load_yaml(path)
    authors = content.get("author") if isinstance(content, dict) else None
    named = [author for author in authors or [] if isinstance(author, dict) and author.get("name")]
    if not named:
        raise stop("no-authors", "no author is named", where=str(path), fix="give the metadata.yaml of the manuscript")
    return named


def _profile(arguments: argparse.Namespace) -> dict[str, Any] | None:
    """The profile of the journal that is named, by its id (the review's own journals first), folder or file."""
    if arguments.profile:
        own = {**journals_in(OWN_JOURNALS), **journals_in(arguments.profile.absolute().parent.parent)}
        return read_profile(chain(arguments.profile, own, journals_in(JOURNALS)), SCHEMA)
    if not arguments.journal:
        return None
    folder = Path(arguments.journal).absolute()
    journal = find_journal(folder.name, folder.parent) if folder.is_dir() else find_journal(arguments.journal)
    return read_profile(journal.profile, SCHEMA)


def _requirements(arguments: argparse.Namespace, name: str) -> Requirements:
    names = authors_of(arguments.authors) if arguments.authors else []
    return Requirements(
        profile=_profile(arguments),
        fonts=sorted(FONTS.glob("*.ttf")),
        names=[*names, *({"name": name} for name in arguments.name)],
        blinded=arguments.blinded,
        file_name=name,
        variant=arguments.variant,
    )


def _read(path: Path) -> bytes:
    check_regular(path, LARGEST_FILE)
    try:
        return path.read_bytes()
    except OSError as fault:
        raise stop(
            "unreadable", f"cannot be read: {fault.strerror}", where=str(path), fix="make the file readable"
        ) from None


def is_pdf(path: Path, content: bytes) -> bool:
    """Whether a file is checked as a PDF: by its content, or by its name if the content does not show it."""
    return b"%PDF-" in content[:1024] or (path.suffix.lower() == ".pdf" and not content.startswith(b"PK"))


def reports_of(files: Sequence[Path], arguments: argparse.Namespace) -> list[Report]:
    """The reports of all files. A PDF is compared with the Word document where exactly one is among the files."""
    contents = [(path, content, is_pdf(path, content)) for path in files for content in [_read(path)]]
    words = [content for _path, content, pdf in contents if not pdf]
    beside = Document(words[0]) if len(words) == 1 and len(contents) > 1 else None
    return [
        check_pdf(content, _requirements(arguments, path.name), beside=beside, allowed=arguments.allow)
        if pdf
        else check_docx(content, _requirements(arguments, path.name), allowed=arguments.allow)
        for path, content, pdf in contents
    ]


def run(arguments: argparse.Namespace) -> int:
    """Runs `prismake check`. 0: no errors; 1: errors, or a file that cannot be read at all (raises BuildStop)."""
    if arguments.list:
        print(checks_by_theme())
        return 0
    if not arguments.files:
        raise stop("no-file", "no document is named", fix="prismake check FILE.docx FILE.pdf")
    known = [check.id for check in (*checks_of("docx"), *checks_of("pdf"))]
    for name in arguments.allow:
        if name not in known:
            raise stop("unknown-check", f"there is no check '{name}'", where="--allow", fix=nearest(name, known))
    reports = reports_of(arguments.files, arguments)
    to_screen = arguments.json is not None and str(arguments.json) == "-"
    if to_screen:
        sys.stdout.write(report_json(reports))
    else:
        for report in reports:
            sys.stdout.write(inert_lines(report.as_text()))
        if arguments.json is not None:
            write_text(arguments.json, report_json(reports))
    return 0 if all(report.passed for report in reports) else 1


def inert_lines(text: str) -> str:
    """A report that a terminal of any encoding shows."""
    encoding = sys.stdout.encoding or "utf-8"
    return "\n".join(inert(line) for line in text.split("\n")).encode(encoding, "replace").decode(encoding)
