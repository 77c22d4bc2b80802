"""Step: the supplement as one Markdown file, which the document stage makes into DOCX and PDF like the manuscript."""

from pathlib import Path
from typing import Any

import yaml
from prismake.common.reading import read_text
from prismake.common.records import read_clusters, read_records
from prismake.common.steps import warn
from prismake.common.tables import read_table
from prismake.common.validation import check_document, house_schema, load_yaml
from prismake.common.writing import read_rows, write_json, write_rows, write_text
from prismake.submission import supplement_parts as parts
from prismake.submission.checklists import Places, check, locate, read_checklist
from prismake.submission.pages import Pages
from prismake.submission.supplement import (
    DESCRIBED,
    EXCLUDED_COLUMNS,
    floats_of,
    head_of,
    read_json,
    stages,
    supplement_profile,
)


def _records(unique: Path) -> dict[str, dict[str, str]]:
    return {row["record_id"]: row for row in read_records(unique, DESCRIBED)}


def _located(
    forms: list[Path], reported: list[Path], schema: Path, places: Places
) -> tuple[list[parts.Part], dict[str, list[dict[str, str]]]]:
    """(a part a checklist, the rows of each as a table). Raises BuildStop with every unknown item and place."""
    source = reported[0] if reported else Path("manuscript/checklists.yaml")
    named: dict[str, Any] = {}
    if reported:
        named = load_yaml(source) or {}
        check_document(named, house_schema(schema), source)
    made, listed, issues = [], {}, []
    for path in forms:
        form = read_checklist(path)
        located, faults = locate(form, named.get(form.id, {}), places, source)
        issues += faults
        made.append(parts.checklist(form, located))
        listed[form.id] = [
            {
                "item": item.item,
                "section": item.section,
                "topic": item.topic,
                "text": item.text,
                "reported": located.get(item.item, ""),
            }
            for item in form.items
        ]
    for warning in check(issues):
        warn(warning)
    return made, listed


def compose_supplement(
    *,
    manuscript: Path,
    pdf: Path,
    tables: list[Path],
    metadata: Path,
    profile: Path,
    imports: Path,
    strategies: list[Path],
    clusters: Path,
    unique: Path,
    screening: Path,
    agreement: list[Path],
    sources: Path,
    overlap: list[Path],
    merges: Path,
    to_review: Path,
    decided: list[Path],
    decided_schema: Path,
    forms: list[Path],
    reported: list[Path],
    reported_schema: Path,
    supplement: Path,
    references: Path,
    look: Path,
    excluded_reports: Path,
    checklists: list[Path],
    searches: list[dict[str, Any]],
    last_stage: str,
) -> None:
    """Writes the supplement: Markdown, the references that it cites (CSL JSON), its look, the checklists as CSV.

    `excluded_reports` lists the rows of its table of excluded reports with the records that they are.

    `manuscript` and `pdf` are the built manuscript; `tables` its tables; `overlap` the overlap figure (SVG, PNG and
    alternative text); `agreement`, `decided` and `reported` are empty where the review has none. `searches` are those
    of config.yaml, `last_stage` the stage at which full texts are read. Raises BuildStop where manuscript/
    checklists.yaml names an item, heading, table or figure that is not there.
    """
    journal = load_yaml(profile)
    pages = Pages(pdf)
    captions = {f"tbl:{table['id']}": table["caption"] for table in map(read_json, tables)}
    named = load_yaml(metadata).get("figures", {})
    captions |= {f"fig:{name}": entry["caption"] for name, entry in named.items()}
    floats = floats_of(pages, captions, {"tbl": journal["tables"]["label"], "fig": journal["figures"]["label"]})

    files = {search["strategy"]: search["id"] for search in searches if "strategy" in search}
    texts = {files[path.as_posix()]: read_text(path) for path in strategies}
    cluster_of = read_clusters(clusters)
    excluded = [row for row in read_rows(screening) if row["stage"] == last_stage and row["decision"] == "exclude"]
    picture = next(path for path in overlap if path.suffix == ".svg")
    alt = next(path for path in overlap if path.suffix == ".txt")
    body = [
        parts.strategies(searches, read_rows(imports), texts),
        parts.overlap(read_rows(sources), picture.as_posix(), alt.read_text(encoding="utf-8").strip()),
        parts.deduplication(
            len(cluster_of),
            len(set(cluster_of.values())),
            read_rows(merges),
            read_rows(to_review),
            [row for path in decided for row in read_table(path, decided_schema)],
        ),
        parts.agreement(stages(agreement)),
        parts.excluded_reports(excluded, _records(unique)),
    ]
    places = Places(pages, floats, [part.heading for part in body])
    made, listed = _located(forms, reported, reported_schema, places)
    body += made
    cited = [item for part in body for item in part.references]
    tail = "\n\n# References {#references .unnumbered}\n\n::: {#refs}\n:::\n" if cited else "\n"
    text = "\n\n".join(part.markdown for part in body)
    write_text(supplement, f"---\n{parts.front_matter(head_of(manuscript))}\n---\n\n{text}{tail}")
    write_json(references, cited)
    write_text(look, yaml.safe_dump(supplement_profile(journal), allow_unicode=True, sort_keys=False))
    write_rows(excluded_reports, EXCLUDED_COLUMNS, (row for part in body for row in part.records))
    for path in checklists:
        rows = listed[path.stem.removeprefix("checklist_")]
        write_rows(path, list(rows[0]), rows)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(compose_supplement, globals()["snakemake"])
