"""A sound document, and what a test does to it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest
from prismake.preflight.findings import Requirements
from prismake.preflight.run import Report, check_docx
from prismake.review.journal import read_profile

from tests.places import FONTS, SCHEMAS
from tests.prismake.document.conftest import JOURNAL, lay_out, written  # noqa: F401

BODY = "word/document.xml"
Parts = dict[str, bytes]
Damage = Callable[[Parts], object]


@cache
def journal() -> dict[str, Any]:
    return read_profile(JOURNAL / "profile.yaml", SCHEMAS / "journal.schema.yaml")


def requirements(**more: object) -> Requirements:
    return Requirements(profile=journal(), fonts=FONTS, file_name="manuscript.docx", **more)  # type: ignore[arg-type]


def unpacked(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


def damaged(content: bytes, *damages: Damage) -> bytes:
    parts = unpacked(content)
    for damage in damages:
        damage(parts)
    return packed(parts)


def findings_of(report: Report) -> dict[str, set[str]]:
    """Check id -> severities of its findings."""
    return {
        outcome.check.id: {report.severity(outcome, finding) for finding in outcome.findings}
        for outcome in report.outcomes
        if outcome.findings
    }


def checked(content: bytes, **more: object) -> dict[str, set[str]]:
    return findings_of(check_docx(content, requirements(**more)))


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small manuscript with everything, its stated counts those that are in it."""
    review = lay_out(tmp_path_factory.mktemp("preflight"))
    review.edit(lambda text: text.replace("{abstract: 67, text: 1234}", "{abstract: 59, text: 832}"))
    return review.docx().read_bytes()
