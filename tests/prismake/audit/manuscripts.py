"""Small manuscripts for tests of the audit: Markdown with values, a ledger, studies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from prismake.audit.matter import Matter
from prismake.audit.passages import passages_of
from prismake.audit.run import audit
from prismake.audit.statements import Row, Statements
from prismake.common.values import flat, named_tree
from prismake.manuscript.render import Made, Written, render

STATED = ("text", "place", "source", "note")
WAIVERS = ("rule", "text", "reason")
CONFIRMED = ("rule", "text", "digest", "confirmed_by", "date")


def _rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Row]:
    padded = [(*row, *[""] * (len(columns) - len(row))) for row in rows]
    return [Row(dict(zip(columns, row, strict=True)), line) for line, row in enumerate(padded, start=2)]


def matter(
    folder: Path,
    text: str,
    tree: Mapping[str, Any],
    *,
    head: Mapping[str, Any] | None = None,
    studies: Sequence[Mapping[str, Any]] = (),
    references: Mapping[str, Mapping[str, Any]] | None = None,
    stated: Sequence[Sequence[str]] = (),
    waivers: Sequence[Sequence[str]] = (),
    confirmed: Sequence[Sequence[str]] = (),
    **more: Any,
) -> Matter:
    """The matter of a manuscript of one section file, `text`, with the ledger `tree` and the head `head`."""
    (folder / "01.text.md").write_text(text, encoding="utf-8")
    metadata = folder / "metadata.yaml"
    metadata.write_text(yaml.safe_dump({"title": "T", **(head or {})}, allow_unicode=True), encoding="utf-8")
    ledger = dict(flat(tree))
    names = named_tree(ledger)
    names.setdefault("search", {"last_date": "2025-12-16"})
    works = references or {}
    keys = frozenset({*works, *(study["study_id"] for study in studies)})
    written = Written([folder / "01.text.md"], metadata, keys, [])
    rendered = render(written, Made(names, {}, {}, {}), stop_on_uncited=False, draft=False)
    statements = Statements(_rows(STATED, stated), _rows(WAIVERS, waivers), _rows(CONFIRMED, confirmed))
    return Matter(passages_of(rendered.manuscript), ledger, studies, works, statements=statements, **more)


def findings(matter: Matter, *rules: str) -> list[tuple[str, str]]:
    """(rule, message) of what the audit finds, by all rules or those named."""
    return [(one.rule, one.message) for one in audit(matter, rules).findings]
