"""The run as an RO-Crate: what went in, what made it, what came out, readable by programs.

RO-Crate 1.1 (https://w3id.org/ro/crate/1.1), with the run as in the Workflow Run Crate profile: one action whose
instrument is the workflow, whose objects are the review's files and whose results are the files of the bundle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from rocrate.model import ContextEntity, Person
from rocrate.rocrate import ROCrate

MEDIA = {
    ".bib": "application/x-bibtex",
    ".csl": "application/vnd.citationstyles.style+xml",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".eps": "application/postscript",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".tiff": "image/tiff",
    ".txt": "text/plain",
    ".xml": "application/xml",
    ".yaml": "application/yaml",
}


@dataclass(frozen=True)
class Entry:
    """One file: its path in the bundle (or in the review, where it is not in the bundle), SHA-256 and size in bytes."""

    path: str
    sha256: str
    size: int
    about: str


@dataclass(frozen=True)
class Run:
    """What the crate describes of the run."""

    title: str
    authors: Sequence[Mapping[str, Any]]
    keywords: Sequence[str]
    date: str
    software: Mapping[str, str]


def _file_properties(entry: Entry) -> dict[str, str]:
    properties = {"name": entry.about, "contentSize": str(entry.size), "sha256": entry.sha256}
    if media := MEDIA.get(PurePosixPath(entry.path).suffix.lower()):
        properties["encodingFormat"] = media
    return properties


def _people(crate: ROCrate, authors: Sequence[Mapping[str, Any]]) -> list[Person]:
    people = []
    for number, author in enumerate(authors, start=1):
        name = f"https://orcid.org/{author['orcid']}" if author.get("orcid") else f"#author-{number}"
        people.append(crate.add(Person(crate, name, {"name": str(author["name"])})))
    return people


def describe_run(run: Run, inside: Sequence[Entry], inputs: Sequence[Entry]) -> dict[str, Any]:
    """The crate's metadata (JSON-LD). `inside` are the files of the bundle; `inputs` what the run read.

    An input that the bundle does not contain (a search export belongs to its database) is listed by name and checksum.
    """
    crate = ROCrate(version="1.1")
    crate.name = f"Submission of “{run.title}”"
    crate.description = "A manuscript with the files that a journal asks for, and the run that made them."
    crate.datePublished = run.date
    crate.keywords = ", ".join(run.keywords)
    crate.creator = _people(crate, run.authors)
    files = {
        entry.path: crate.add_file(dest_path=entry.path, properties=_file_properties(entry))
        for entry in sorted(inside, key=_path)
    }
    workflow = _workflow(crate, run.software)
    objects = [files.get(entry.path) or _outside(crate, entry) for entry in sorted(inputs, key=_path)]
    action = crate.add(
        ContextEntity(crate, "#run", {"@type": "CreateAction", "name": "The build that made these files"})
    )
    action["instrument"] = workflow
    action["object"] = objects
    action["result"] = [file for path, file in files.items() if path not in {entry.path for entry in inputs}]
    crate.root_dataset["mentions"] = [action]
    metadata: dict[str, Any] = crate.metadata.generate()
    return metadata


def _path(entry: Entry) -> str:
    return entry.path


def _workflow(crate: ROCrate, software: Mapping[str, str]) -> ContextEntity:
    """The workflow as an entity of the crate, with the software that it needs."""
    programs = [
        crate.add(
            ContextEntity(crate, f"#{name}", {"@type": "SoftwareApplication", "name": name, "softwareVersion": version})
        )
        for name, version in sorted(software.items())
    ]
    about = {
        "@type": ["SoftwareSourceCode", "ComputationalWorkflow"],
        "name": "Prismake",
        "description": "From search exports to a journal's manuscript, with Snakemake",
        "version": software.get("prismake", ""),
    }
    workflow: ContextEntity = crate.add(ContextEntity(crate, "#workflow", about))
    workflow["softwareRequirements"] = programs
    return workflow


def _outside(crate: ROCrate, entry: Entry) -> ContextEntity:
    """An input that the bundle does not contain, by name and checksum."""
    properties = {"@type": "CreativeWork", **_file_properties(entry), "alternateName": entry.path}
    added: ContextEntity = crate.add(ContextEntity(crate, f"#input/{entry.path}", properties))
    return added
