"""Step: everything that goes to the journal in one archive, with checksums, versions and the run as an RO-Crate."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.common.writing import write_bytes, write_text, zip_of
from prismake.manuscript.model import read_manuscript
from prismake.review.journal import ProfileFiles, read_profile
from prismake.submission.bundle import CRATE, MANIFEST, SITE, gathered, manifest, software
from prismake.submission.crate import Entry, Run, describe_run
from prismake.submission.private import without_notes
from prismake.submission.site import site_page


def _entry(path: str, content: bytes, about: str) -> Entry:
    return Entry(path, hashlib.sha256(content).hexdigest(), len(content), about)


def _answered(variants: Mapping[str, Sequence[str]], there: Iterable[str]) -> dict[str, list[str]]:
    """{variant: its places in the bundle}; a folder of several files is named as a folder."""
    places = list(there)
    answered: dict[str, list[str]] = {}
    for variant, files in variants.items():
        names = [Path(file).name for file in files]
        answered[variant] = [name for name in names if name in places] + [
            f"{name}/" for name in names if any(place.startswith(f"{name}/") for place in places)
        ]
    return answered


@dataclass(frozen=True)
class Packed:
    """What goes into the archive: `documents` at its top, the others into folders of these names.

    `review` is what people wrote.
    """

    documents: list[Path]
    supplement: list[Path]
    evidence: list[Path]
    review: list[Path]


def _shared(paths: Sequence[Path], *, notes: bool) -> tuple[dict[str, bytes], list[Path]]:
    """({place in the archive: content}, files left out); without `notes` as `without_notes` leaves them."""
    contents = {path: path.read_bytes() if notes else without_notes(path, path.read_bytes()) for path in paths}
    shared = {f"review/{path.as_posix()}": content for path, content in contents.items() if content is not None}
    return shared, [path for path, content in contents.items() if content is None]


@dataclass(frozen=True)
class Sources:
    """What the page for the journal's site is made from: the manuscript, its references, and the preflight's report."""

    manuscript: Path
    references: Path
    preflight: Path


def _run(head: dict[str, Any], versions: dict[str, str]) -> Run:
    keywords = [str(word) for word in head.get("keywords") or []]
    return Run(str(head["title"]), head.get("author") or [], keywords, str(head["date-fixed"]), versions)


def bundle(
    *,
    sources: Sources,
    profile: ProfileFiles,
    schema: Path,
    packed: Packed,
    exports: list[Path],
    archive: Path,
    site: Path,
    withheld: list[Path],
    variants: dict[str, list[str]],
    notes: bool,
) -> None:
    """Writes the archive for the journal, and beside it the page of what its site asks for.

    The page repeats the warnings of the preflight. `exports` and `withheld` are listed by name and checksum
    only, because they belong to the databases or contain what reviewers wrote for themselves. Without `notes` the
    tables that people wrote are packed with empty columns of notes. `variants` maps a variant to its files.
    """
    text = read_manuscript(sources.manuscript)
    head = text.head
    files = (
        gathered("", packed.documents)
        | gathered("supplement", packed.supplement)
        | gathered("evidence", packed.evidence)
    )
    review, closed = _shared(packed.review, notes=notes)
    contents = {place: file.read_bytes() for place, file in files.items()} | review
    page = site_page(
        text,
        read_profile(profile, schema),
        _answered(variants, contents),
        len(json.loads(sources.references.read_text(encoding="utf-8"))),
        json.loads(sources.preflight.read_text(encoding="utf-8")),
    )
    contents[SITE] = page.encode()
    versions = software()
    entries = [_entry(place, content, Path(place).name) for place, content in contents.items()]
    inputs = [entry for entry in entries if entry.path in review]
    for what, paths in (("Search export", exports), ("Not packed:", [*withheld, *closed])):
        inputs += [_entry(path.as_posix(), path.read_bytes(), f"{what} {path.name}") for path in paths]
    crate = json.dumps(describe_run(_run(head, versions), entries, inputs), ensure_ascii=False, indent=2) + "\n"
    contents[CRATE] = crate.encode()
    contents[MANIFEST] = manifest(contents, versions, str(head["title"])).encode()
    write_text(site, page)
    # Sorted names, one date: the same files give the same archive.
    write_bytes(archive, zip_of(contents, first=[SITE, MANIFEST, CRATE]))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(bundle, globals()["snakemake"])
