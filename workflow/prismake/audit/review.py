"""The audit of a review as it was last built: the sources of its steps, found from its config.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from prismake.audit.build import DataSources, Sources, matter_of_build, matter_of_data, passages_of_the_letter
from prismake.audit.matter import Matter
from prismake.audit.passages import Passage
from prismake.common.errors import BuildStop, Issue, counted, stop
from prismake.common.places import SCHEMAS, schema_of
from prismake.common.results import audit, manuscript, records, synthesis
from prismake.common.results.declaring import Result
from prismake.common.values import ledger_of
from prismake.common.yaml_files import house_yaml
from prismake.manuscript.model import read_manuscript
from prismake.review.configuration import filled, load_config
from prismake.review.figure_files import figures_of
from prismake.review.journal import find_journal
from prismake.review.printed_tables import table_names

# The blocks of config.yaml that the audit compares the text with.
SETTINGS = ("searches", "screening", "review", "deduplication", "synthesis")
DRAWN = (".dot", ".gv", ".svg")


def _no_review(folder: Path) -> BuildStop:
    fix = "go to the folder of a review, start one with prismake new, or name a document: prismake audit FILE.docx"
    message = f"{'this folder' if folder == Path() else folder.as_posix()} holds no review: config.yaml is not there"
    return stop("no-review", message, fix=fix)


def _no_build(path: Path) -> BuildStop:
    """A result is not there: nothing has been built, or the build did not come so far, or somebody deleted it."""
    fix = "run snakemake in the review's folder, then prismake audit"
    return stop("no-build", "the audit needs this result of a finished build", where=path.as_posix(), fix=fix)


def _texts_in(value: Any) -> Iterator[str]:
    """Every text in a block of the settings."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _texts_in(item)


class Review:
    """A review in `folder` and what a build made of it in `results`. Raises BuildStop if config.yaml is at fault."""

    def __init__(self, results: Path) -> None:
        self.results, self.folder = results, results.parent
        if not (self.folder / "config.yaml").is_file():
            raise _no_review(self.folder)
        config = load_config(self.folder / "config.yaml", SCHEMAS)
        self.config = filled(config, house_yaml(schema_of("config")))
        self.settings = {key: self.config[key] for key in SETTINGS if key in self.config}

    def made(self, result: Result, **names: str) -> Path:
        """Where a result is. Raises BuildStop if the build did not make it."""
        path = result.under(self.results, **names)
        if not path.is_file():
            raise _no_build(path)
        return path

    def kept(self, path: str | None, schema: str = "") -> list[Path]:
        """A file that the review may do without, with its schema; nothing where it is not there."""
        if not path or not (self.folder / path).is_file():
            return []
        return [self.folder / path, *([schema_of(schema)] if schema else [])]

    def data_sources(self) -> DataSources:
        """The sources of the audit of the extraction."""
        table = self.config["synthesis"]["extraction"]["studies"]
        return DataSources(
            studies=self.made(synthesis.STUDIES),
            extraction=[self.folder / table["table"], self.folder / table["schema"]],
            records=self.made(records.RECORDS),
            references=[self.made(manuscript.REFERENCES)] if "manuscript" in self.config else [],
            waivers=self.kept(self.config.get("manuscript", {}).get("waivers"), "waivers"),
            config=self.folder / "config.yaml",
        )

    def sources(self) -> Sources:
        """The sources of the audit of the manuscript."""
        config, text = self.config, self.config["manuscript"]
        model = self.made(manuscript.MODEL)
        data = self.data_sources() if "synthesis" in config else None
        names = table_names(config)
        letter = self.kept(text.get("cover_letter"))
        strategies = [search["strategy"] for search in config["searches"] if "strategy" in search]
        return Sources(
            manuscript=model,
            metadata=self.folder / text["metadata"],
            values=self.made(synthesis.VALUES),
            studies=[data.studies] if data else [],
            references=self.made(manuscript.REFERENCES),
            tables=[self.made(synthesis.PRINTED, table=name) for name in names],
            config=self.folder / "config.yaml",
            abbreviations=self.kept(config.get("abbreviations"), "abbreviations"),
            stated=self.kept(text["stated"], "stated"),
            waivers=self.kept(text["waivers"], "waivers"),
            confirmed=self.kept(text["confirmed"], "confirmed"),
            figures=[path for path in figures_of(self.folder / text["sections"]) if path.suffix in DRAWN],
            strategies=[self.folder / path for path in strategies],
            extraction=data.extraction if data else [],
            records=self.made(records.RECORDS),
            checklists=self.kept(config["supplement"].get("checklists")),
            numbers=[self.made(audit.NUMBERS)],
            letter=letter,
            journal=[schema_of("journal"), *find_journal(text["journal"]).profile] if letter else [],
        )

    def matter(self) -> Matter:
        """What a build's audit looks at."""
        if "manuscript" in self.config:
            return matter_of_build(self.sources(), self.settings)
        if "synthesis" in self.config:
            return matter_of_data(self.data_sources(), self.settings)
        message = "this review has neither a manuscript nor an extraction, so there is nothing to audit"
        raise stop("nothing-to-audit", message, where="config.yaml", fix="add the block manuscript or synthesis")

    def letter(self) -> list[Passage]:
        """The passages of the cover letter; none where the review has no manuscript, or no letter."""
        if not self.kept(self.config.get("manuscript", {}).get("cover_letter")):
            return []
        sources = self.sources()
        ledger = ledger_of(synthesis.VALUES.read(sources.values), sources.values.as_posix())
        return passages_of_the_letter(sources, ledger, read_manuscript(sources.manuscript).head)

    def outdated(self) -> list[Issue]:
        """A warning if the text, the tables or the settings are newer than the build that the audit looks at."""
        text = self.config.get("manuscript", {})
        result = manuscript.MODEL if text else synthesis.STUDIES
        built = self.made(result).stat().st_mtime_ns
        blocks = {name: block for name, block in self.config.items() if name not in ("manuscript", "abbreviations")}
        written = [self.folder / "config.yaml", *(file for name in _texts_in(blocks) for file in self.kept(name))]
        if text:
            written += [self.folder / text["metadata"], *sorted((self.folder / text["sections"]).glob("[0-9]*.md"))]
            written += self.kept(text.get("cover_letter"))
        newer = [path.as_posix() for path in written if path.is_file() and path.stat().st_mtime_ns > built]
        if not newer:
            return []
        more = f" and {counted(len(newer) - 1, 'other file')}" if len(newer) > 1 else ""
        message = f"{newer[0]}{more} changed after the last build, which is what this audit looks at"
        return [Issue("outdated", message, "", "build again, then audit", "warning")]
