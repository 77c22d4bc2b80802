"""What `prismake add` can add to a review. Each function says in a line what it wrote."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ruamel.yaml.scalarstring import SingleQuotedScalarString

from prismake import PACKAGE
from prismake.appraisal.forms import Form, read_forms
from prismake.common.errors import BuildStop, Issue, nearest, stop
from prismake.common.places import JOURNALS, RESULTS, schema_of
from prismake.common.records import each_record
from prismake.common.results.records import UNIQUE
from prismake.common.sheet_cells import grid_name, is_workbook, sheet_titles
from prismake.common.stages import role_of
from prismake.common.writing import whole_file, write_text
from prismake.extraction.included import FIELDS, Study, study_name
from prismake.extraction.references import add_references, cited_as, keys_in, parsed
from prismake.importing.databases import REGISTERS
from prismake.importing.new import database_of, slug
from prismake.manuscript.unwritten import is_to_write
from prismake.review.appraisal_tables import OWN_FORMS
from prismake.review.journal import OWN_JOURNALS, PROFILE, journals_in
from prismake.review.settings_file import Settings, append, check_config, free_id, ids_of, write_config
from prismake.review.typed import as_markdown, check_name
from prismake.review.workbooks import APPRAISAL, CHARACTERISTICS
from prismake.synthesis.outcomes import COMPARING, KIND_OF

CONFIG = Path("config.yaml")
METADATA, BIBLIOGRAPHY = Path("manuscript/metadata.yaml"), Path("manuscript/references.bib")
SEARCHES = Path("data/searches")
FORMS = PACKAGE / "appraisal" / "forms"
NUMBERS = ("record_id", "doi", "pmid")
# A key that pandoc and BibTeX both read whole.
KEY = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_:.+/-]*[A-Za-z0-9_])?")
FORM_ID = re.compile(r"[a-z][a-z0-9_]*")
# Letters of a heading that its file's name takes up.
LONGEST_SLUG = 60
# What `prismake add meta` writes of an analysis, in the order of the settings.
META = ("outcome", "time", "measure", "arm", "versus", "model", "test", "subgroups", "moderator")
# The roles of stages at which people judge records; reports are retrieved once.
JUDGED = ("screening", "assessment")
NUMBERED = re.compile(r"^(\d+)\.")


def search(exports: Sequence[Path], *, name: str, database: str, date: str, kind: str, method: str) -> list[str]:
    """Adds a search with its exports, which are copied to data/searches/."""
    settings = Settings(CONFIG)
    entries = settings.items("searches")
    issues: list[Issue] = []
    named = {export: database_of(export, issues) for export in exports}
    if issues:
        raise BuildStop(issues)
    name = name or slug(exports[0].stem)
    free_id(name, ids_of(entries), "search")
    recognised = database or named[exports[0]]
    printed = recognised or exports[0].stem
    targets = [SEARCHES / export.name for export in exports]
    for target in targets:
        if target.exists():
            raise stop("file-there", "is there already", where=target.as_posix(), fix="rename the new export")
    entry: dict[str, Any] = {"id": name, "database": printed}
    entry["kind"] = kind or ("register" if printed in REGISTERS else "database")
    entry |= {"method": method} if method else {}
    # In quotes, as a date without them is one only to some readers of YAML.
    entry |= {"date": SingleQuotedScalarString(date), "files": [target.as_posix() for target in targets]}
    append(entries, entry)
    check_config(settings)
    for export, target in zip(exports, targets, strict=True):
        with whole_file(target) as part:
            shutil.copyfile(export, part)
    write_config(settings)
    done = [f"{target}: {printed}, the search '{name}'" for target in targets]
    unknown = f"its database is not recognised: write its name under 'database' of the search '{name}' in {CONFIG}"
    return done if recognised else [*done, unknown]


def stage(
    name: str, *, label: str, role: str, before: str, reasons: Sequence[str], by_appraisal: Sequence[str] = ()
) -> list[str]:
    """Adds a stage of screening, at the end or before another; what was the last stage keeps its role.

    At a stage `by_appraisal` these overall answers of appraisal forms exclude a study.
    """
    settings = Settings(CONFIG)
    stages = settings.items("screening", "stages")
    free_id(name, ids_of(stages), "stage")
    entry: dict[str, Any] = {"id": name}
    entry |= {"label": label} if label else {}
    entry |= {"role": role} if role else {}
    if (numbers := [one["reviewers"] for one in stages if "reviewers" in one]) and role_of(
        [entry, *stages], 0
    ) in JUDGED:
        entry["reviewers"] = min(numbers)
    entry |= {"reasons": {re.sub(r"\W+", "_", text.lower()).strip("_"): text for text in reasons}} if reasons else {}
    entry |= {"by_appraisal": list(by_appraisal)} if by_appraisal else {}
    if before:
        if before not in ids_of(stages):
            raise stop(
                "no-stage", f"there is no stage '{before}'", where="--before", fix=nearest(before, ids_of(stages))
            )
        stages.insert(ids_of(stages).index(before), entry)
    else:
        if stages and "role" not in stages[-1]:
            # By default it has the role of the last stage.
            stages[-1].insert(1, "role", role_of(stages, len(stages) - 1))
        append(stages, entry)
    check_config(settings)
    write_config(settings)
    return [f"config.yaml: the stage '{name}'"]


def reviewers(names: Sequence[str]) -> list[str]:
    """Adds people who screen. Where there are two or more, a stage that does not say otherwise asks for two."""
    if not names:
        raise stop("empty-text", "names nobody", where="prismake add reviewers", fix="give names, such as Ana,Ben")
    settings = Settings(CONFIG)
    people = settings.items("screening", "to_screen", "reviewers")
    new = [name for name in names if name not in people]
    people += new
    check_config(settings)
    doubled = []
    stages = settings.items("screening", "stages")
    for at, entry in enumerate(stages if len(people) > 1 else ()):
        by_rules_alone = entry.get("rules") and "reasons" not in entry
        if "reviewers" not in entry and role_of(stages, at) in JUDGED and not by_rules_alone:
            # Before the reasons, which are the longest part.
            entry.insert(list(entry).index("reasons") if "reasons" in entry else len(entry), "reviewers", 2)
            doubled.append(entry["id"])
    write_config(settings)
    there = [f"{name} is among the reviewers already" for name in names if name not in new]
    done = [f"config.yaml: the reviewers {', '.join(people)}"] if new else []
    both = f"config.yaml: two of them decide on each record ({', '.join(doubled)}); `reviewers: 1` divides the records"
    return [*there, *done, *([both] if doubled else [])]


def table(name: str, *, caption: str, columns: Sequence[str]) -> list[str]:
    """Adds a printed table of the studies; a column is `cell` or `Header=cell`."""
    settings = Settings(CONFIG)
    if "synthesis" not in settings.content:
        fix = "run prismake extract first"
        raise stop("no-extraction", "the review has no extraction to print", where="config.yaml", fix=fix)
    if "tables" not in settings.content["synthesis"] and name != CHARACTERISTICS and _is_one_path(settings):
        # The review has this table without a setting, and keeps it where the text places it.
        settings.content["synthesis"].setdefault("characteristics", True)
    stays = settings.content["synthesis"].get("characteristics") is True and _is_one_path(settings)
    tables = settings.block("synthesis", "tables")
    free_id(name, list(tables), "table")
    entries: list[dict[str, Any]] = [{"id": "study", "header": "Study", "cell": _label(settings), "cite": True}]
    for column in columns:
        header, _, cell = column.rpartition("=")
        header = header or cell.replace("_", " ").capitalize()
        entries.append({"id": slug(cell).replace("-", "_"), "header": header, "cell": cell})
    tables[name] = {"caption": caption, "columns": entries}
    write_config(settings)
    beside = (
        f"the table '{CHARACTERISTICS}' stays beside it: place that with {{{{ table(\"{CHARACTERISTICS}\") }}}}, "
        f"or leave it out with '{CHARACTERISTICS}: false' under synthesis"
    )
    added = f"config.yaml: the table '{name}'; place it in the text with {{{{ table({json.dumps(name)}) }}}}"
    return [added, *([beside] if stays and CHARACTERISTICS not in tables else [])]


def meta(name: str, **about: str) -> list[str]:
    """Adds a meta-analysis; `about` has those of the keys of `META` that were given."""
    settings = Settings(CONFIG)
    if "synthesis" not in settings.content:
        fix = "run prismake extract first"
        raise stop("no-extraction", "the review has no extraction to pool", where="config.yaml", fix=fix)
    if KIND_OF[about["measure"]] in COMPARING and not ("arm" in about and "versus" in about):
        message = f"{about['measure']} compares two arms"
        raise stop("no-arms", message, where="prismake add meta", fix="name them: --arm NAME --versus NAME")
    analyses = settings.block("synthesis", "meta")
    free_id(name, list(analyses), "meta-analysis")
    analyses[name] = about
    check_config(settings)
    write_config(settings)
    place = f'place it in the text with {{{{ meta.{name} }}}}, its plot with {{{{ figure("forest_{name}") }}}}'
    return [f"config.yaml: the meta-analysis '{name}'; {place}; prismake extract adds the columns that it needs"]


def _is_one_path(settings: Settings) -> bool:
    return isinstance(settings.content["synthesis"].get("extraction"), str)


def _label(settings: Settings) -> str:
    return str(settings.content["synthesis"].get("label", "label"))


def form(name: str, *, designs: Sequence[str], based_on: str = "") -> list[str]:
    """Adds a form to those that `prismake extract` writes grids for, and to the designs that are named.

    With `based_on` it is one of the review's own, whose file states what differs from that form. Where the review names
    no forms or designs yet, what it goes by without a setting is written down beside the new one: the forms that have
    sheets in the appraisal workbook, and the designs that the forms are made for.
    """
    forms = read_forms(sorted(FORMS.glob("*.yaml")), sorted(OWN_FORMS.glob("*.yaml")), schema_of("appraisal_form"))
    if (based_on or name) not in forms:
        fix = f"{nearest(based_on or name, list(forms))}; --based-on ID makes one of your own"
        raise stop("no-form", f"there is no form '{based_on or name}'", where="prismake add form", fix=fix)
    own = _own_form(name, based_on, forms) if based_on else {}
    settings = Settings(CONFIG)
    if "synthesis" not in settings.content:
        fix = "run prismake extract first"
        raise stop("no-extraction", "the review has no studies to appraise", where="config.yaml", fix=fix)
    first = "forms" not in settings.block("appraisal")
    used = settings.items("appraisal", "forms")
    used += [form for form in _forms_with_sheets(settings) if form in forms] if first else []
    _join(used, name)
    if designs and "designs" not in settings.block("appraisal"):
        for form in used:
            for design in forms[form].designs:
                _join(settings.items("appraisal", "designs", design), form)
    for design in designs:
        _join(settings.items("appraisal", "designs", design), name)
    check_config(settings)
    for path, text in own.items():
        write_text(path, text)
    write_config(settings)
    written = [f"{path.as_posix()}: write what differs from '{based_on}'" for path in own]
    done = f"config.yaml: the form '{name}'; prismake extract writes its grid"
    named = ", ".join(used)
    alone = [f"the review is now appraised on these forms alone: {named}"] if first else []
    return [*written, done, *alone]


def _own_form(name: str, based_on: str, forms: dict[str, Form]) -> dict[Path, str]:
    """The file of a form of the review's own, which `forms` gets too. Raises BuildStop for an id it cannot have."""
    if name in forms:
        where = "prismake add form"
        raise stop("id-twice", f"there is a form '{name}' already", where=where, fix="choose another id")
    if not FORM_ID.fullmatch(name):
        fix = "lower case letters, digits and underscores, with a letter first"
        raise stop("form-id", f"'{name}' cannot be a form's id", where="prismake add form", fix=fix)
    forms[name] = replace(forms[based_on], id=name)
    head = f"# What differs from {based_on}: every key that docs/synthesis.md describes.\n"
    return {OWN_FORMS / f"{name}.yaml": f"{head}id: {name}\nbased_on: {based_on}\n"}


def _join(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)


def _forms_with_sheets(settings: Settings) -> list[str]:
    """The forms that have a sheet in the appraisal workbook, where there is one."""
    path = Path(settings.block("appraisal").get("answers", APPRAISAL))
    titles = sheet_titles(path) if is_workbook(path) and path.is_file() else []
    return list(dict.fromkeys(grid_name(title)[0] for title in titles))


def journal(name: str, *, based_on: str) -> list[str]:
    """Makes the manuscript one for a journal: one that there is, or a new one based on one that there is."""
    known = {**journals_in(JOURNALS), **journals_in(OWN_JOURNALS)}
    if (based_on or name) not in known:
        fix = f"{nearest(based_on or name, sorted(known))}; --based-on ID makes one of your own"
        raise stop("no-journal", f"there is no journal '{based_on or name}'", where="prismake add journal", fix=fix)
    if based_on and name in known:
        raise stop(
            "id-twice", f"there is a journal '{name}' already", where="prismake add journal", fix="choose another id"
        )
    settings = Settings(CONFIG)
    settings.block("manuscript")["journal"] = name
    check_config(settings)
    done = [f"config.yaml: the journal '{name}'"]
    if based_on:
        profile = OWN_JOURNALS / name / PROFILE
        write_text(
            profile,
            f"# What differs from {based_on}: every key that docs/journal.md describes.\n"
            f"based_on: {based_on}\nname: {name}\n",
        )
        done.insert(0, f"{profile.as_posix()}: write what differs from '{based_on}'")
    write_config(settings)
    return done


def author(name: str, *, affiliations: Sequence[str], email: str, orcid: str, roles: Sequence[str]) -> list[str]:
    """Adds an author with affiliations; an affiliation that is there already keeps its number.

    The first author takes the place that a new review keeps for one, and is who answers letters; what the command does
    not say of this author stays to be written.
    """
    for text, where in [(name, "name"), *((place, "--affiliation") for place in affiliations)]:
        check_name(text, where)
    settings = Settings(METADATA)
    authors, places = settings.items("author"), settings.items("affiliation")
    place_kept = authors.pop() if len(authors) == 1 and is_to_write(str(authors[0].get("name"))) else {}
    if place_kept and affiliations:
        places.clear()
        if email:
            settings.content["correspondence"] = f"{name}, {affiliations[0]}; Email {email}"
    numbers = []
    for affiliation in affiliations:
        there = next((place["id"] for place in places if place["name"] == affiliation), None)
        if there is None:
            there = max((place["id"] for place in places if isinstance(place["id"], int)), default=0) + 1
            append(places, {"id": there, "name": affiliation})
        numbers.append(there)
    entry: dict[str, Any] = {"name": name} | ({"affiliations": numbers} if numbers else {})
    entry |= {key: value for key, value in (("email", email), ("orcid", orcid), ("roles", list(roles))) if value}
    append(authors, {**place_kept, **entry})
    write_text(METADATA, settings.text())
    return [f"{METADATA.as_posix()}: the author {name}"]


def section(heading: str, *, after: str, role: str) -> list[str]:
    """Adds a section to write: a file of its own, behind the last section or behind the file named."""
    folder = METADATA.parent
    files = sorted(path.name for path in folder.glob("[0-9]*.md"))
    numbers = {int(NUMBERED.match(name)[1]) for name in files}  # type: ignore[index]
    text_ends = max((number for number in numbers if number < 90), default=0)
    if after:
        match = [name for name in files if name == after or name.removesuffix(".md").partition(".")[2] == after]
        if not match:
            raise stop("no-section", f"there is no section '{after}'", where="--after", fix=nearest(after, files))
        text_ends = int(NUMBERED.match(match[0])[1])  # type: ignore[index]
    number = text_ends + 1 if not after else text_ends
    # Files sort by name, so a section behind another shares its number and follows it in the alphabet.
    stem = slug(heading, otherwise="section")[:LONGEST_SLUG].strip("-")
    name = f"{number:02d}.{stem}.md" if not after else f"{match[0].removesuffix('.md')}.{stem}.md"
    if (folder / name).exists():
        raise stop("file-there", "is there already", where=(folder / name).as_posix(), fix="choose another heading")
    attributes = f" {{role={role}}}" if role else ""
    what = json.dumps(f"the section {heading}", ensure_ascii=False)
    write_text(folder / name, f"# {as_markdown(heading)}{attributes}\n\n{{{{ to_write({what}) }}}}\n")
    return [f"{(folder / name).as_posix()}: the section '{heading}'"]


def citation(number: str, *, key: str) -> list[str]:
    """Adds the reference of a record, which a DOI, a PubMed id or a record id names, to the bibliography."""
    if key and not KEY.fullmatch(key):
        fix = "use letters without accents, digits and _ : . + / -, such as lee2020"
        raise stop("citation-key", f"'{key}' cannot be a citation key", where="--key", fix=fix)
    if not UNIQUE.under(RESULTS).is_file():
        fix = "build the review first: snakemake"
        raise stop("no-build", "there is no build to read the records of", where=RESULTS.as_posix(), fix=fix)
    records = each_record(UNIQUE.under(RESULTS), FIELDS)
    wanted = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:|pmid:?)\s*", "", number.strip(), flags=re.IGNORECASE).lower()
    record = next(
        (one for one in records if wanted in {str(one[name]).lower() for name in NUMBERS if one[name]}),
        None,
    )
    if record is None:
        fix = "write the entry by hand, or import the record with a search"
        raise stop("no-record", f"no record has the number '{number}'", where=RESULTS.as_posix(), fix=fix)
    library = parsed(BIBLIOGRAPHY)
    if there := cited_as(library, [record]).get(record["record_id"]):
        return [f"{BIBLIOGRAPHY.as_posix()} has it already: cite it as [@{there}]"]
    made = key or study_name(record, keys_in(library))
    if not add_references(BIBLIOGRAPHY, [Study(made, [record])]):
        raise stop("id-twice", f"the key '{made}' is in use", where=BIBLIOGRAPHY.as_posix(), fix="add --key KEY")
    return [f"{BIBLIOGRAPHY.as_posix()}: cite it as [@{made}]"]
