"""Step: everything that goes to the journal in one archive, with checksums, versions and the run as an RO-Crate."""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

import yaml
from prismake.common.errors import BuildStop, Issue
from prismake.common.validation import load_yaml
from prismake.common.writing import rewrite_zip, write_bytes, write_text
from prismake.submission.crate import Entry, Run, describe_run
from prismake.submission.site import site_page

MANIFEST = "MANIFEST.txt"
CRATE = "ro-crate-metadata.json"
SITE = "What_the_site_asks_for.md"


def software() -> dict[str, str]:
    """{package: version} of Prismake and of what it builds on, as installed."""
    named = [re.split(r"[^A-Za-z0-9._-]", need, maxsplit=1)[0] for need in requires("prismake") or []]
    versions = {}
    for name in ("prismake", *sorted(set(named))):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            # A package of an extra that is not installed here.
            continue
    return versions


def gathered(folder: str, paths: Iterable[Path]) -> dict[str, Path]:
    """{path in the bundle: file}; a folder brings all files in it, under its own name.

    Raises BuildStop where two files would have one place.
    """
    found: dict[str, Path] = {}
    for path in paths:
        files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
        for file in files:
            if file.name.startswith("."):
                continue
            inner = file.relative_to(path.parent).as_posix() if path.is_dir() else file.name
            place = f"{folder}/{inner}" if folder else inner
            if place in found:
                raise BuildStop(
                    Issue("bundle", f"two files would be '{place}' in the archive", str(file), "rename one of them")
                )
            found[place] = file
    return found


def manifest(contents: Mapping[str, bytes], versions: Mapping[str, str], title: str) -> str:
    """Checksums in the form that `sha256sum --check` reads; titles and versions as comments."""
    lines = [f"# {title}", "# Check with: sha256sum --check MANIFEST.txt", "#"]
    lines += [f"# {name} {number}" for name, number in versions.items()]
    lines += [f"{hashlib.sha256(content).hexdigest()}  {path}" for path, content in sorted(contents.items())]
    return "\n".join(lines) + "\n"


def _entry(path: str, content: bytes, about: str) -> Entry:
    return Entry(path, hashlib.sha256(content).hexdigest(), len(content), about)


def _zipped(contents: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in contents.items():
            archive.writestr(path, content)
    # Sorted names, one date: the same files give the same archive.
    return rewrite_zip(target.getvalue(), first=[SITE, MANIFEST, CRATE])


def _answered(variants: Mapping[str, Sequence[str]], there: Iterable[str]) -> dict[str, list[str]]:
    """{variant: its places in the bundle}; a folder of several files is told by its name."""
    places = list(there)
    answered: dict[str, list[str]] = {}
    for variant, files in variants.items():
        names = [Path(file).name for file in files]
        answered[variant] = [name for name in names if name in places] + [
            f"{name}/" for name in names if any(place.startswith(f"{name}/") for place in places)
        ]
    return answered


def bundle(
    *,
    manuscript: Path,
    references: Path,
    profile: Path,
    documents: list[Path],
    supplement: list[Path],
    evidence: list[Path],
    review: list[Path],
    exports: list[Path],
    archive: Path,
    site: Path,
    variants: dict[str, list[str]],
) -> None:
    """Writes the archive for the journal, and beside it the page of what its site asks for.

    `documents` go to the top of the archive, `supplement` and `evidence` into folders of these names, `review` (what
    people wrote) into `review/`. `exports` are told by name and checksum only: they belong to the databases.
    `variants` maps a variant to the files that it is.
    """
    text = manuscript.read_text(encoding="utf-8")
    head: dict[str, Any] = yaml.safe_load(text.split("---\n", 2)[1])
    files = gathered("", documents) | gathered("supplement", supplement) | gathered("evidence", evidence)
    written = {f"review/{path.as_posix()}": path for path in review}
    contents = {place: file.read_bytes() for place, file in (files | written).items()}
    page = site_page(
        head,
        text,
        load_yaml(profile),
        _answered(variants, contents),
        len(json.loads(references.read_text(encoding="utf-8"))),
    )
    contents[SITE] = page.encode()
    versions = software()
    entries = [_entry(place, content, Path(place).name) for place, content in contents.items()]
    inputs = [entry for entry in entries if entry.path in written]
    inputs += [_entry(path.as_posix(), path.read_bytes(), f"Search export {path.name}") for path in exports]
    run = Run(
        str(head["title"]),
        head.get("author") or [],
        [str(word) for word in head.get("keywords") or []],
        str(head["date-fixed"]),
        versions,
    )
    crate = json.dumps(describe_run(run, entries, inputs), ensure_ascii=False, indent=2) + "\n"
    contents[CRATE] = crate.encode()
    contents[MANIFEST] = manifest(contents, versions, str(head["title"])).encode()
    write_text(site, page)
    write_bytes(archive, _zipped(contents))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(bundle, globals()["snakemake"])
