"""Records out to a screening tool and back: what comes back is known by the record id that went out.

ASReview LAB itself is driven where an interpreter has it, and what it made is kept under `fixtures/asreview`. The other
tools run on servers of their own, so each is played by a function that takes its import file apart and writes the
tool's export, with the columns of a real one. All of them change titles and drop DOIs, so that nothing but the id is
left to match by.
"""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from prismake.common.errors import BuildStop
from prismake.common.writing import read_rows
from prismake.screening.stages import make_stages
from prismake.screening.waiting import ALL, Batch
from prismake.screening.writers import files
from prismake.screening.writers.files import TOOLS, Place, folder_name, write_batch

from .outgoing import RECORDS, record
from .step import OUTPUTS, STAGES

ASREVIEW = Path(__file__).parent / "fixtures" / "asreview"
DRIVER = Path(__file__).parent / "drive_asreview.py"
STAGE = make_stages(STAGES)[0]
LABELS = [[0, 1, 'good "fit"'], [1, 0, ""]]
NAMES = tuple(each["record_id"] for each in RECORDS)


def written(folder, records=RECORDS, **options):
    place = Place(folder, "abstract_all")
    batch = Batch(STAGE, ALL, tuple(each["record_id"] for each in records), **options)
    assert write_batch(place, batch, records, {}, TOOLS) == []
    return place


def references(text):
    """The records of RIS as a tool reads them; U1, which rispy does not know, is among the unknown tags."""
    return rispy.loads(text)


def votes():
    rows = read_rows(OUTPUTS["reviewers"])
    return {row["record_id"]: (row["reviewer"], row["decision"], row["matched_by"]) for row in rows}


def table(header, rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, header)
    writer.writeheader()
    writer.writerows({name: row.get(name, "") for name in header} for row in rows)
    return text.getvalue()


# What goes out


def test_every_tool_gets_its_file_and_every_record_is_in_it(tmp_path):
    place = written(tmp_path)
    assert sorted(path.name.removeprefix("abstract_all_") for path in tmp_path.iterdir()) == [
        *("asreview.csv", "covidence.ris", "distillersr.ris", "eppi_reviewer.ris", "rayyan.ris"),
        *("records.bib", "records.csv", "records.ris", "sheet.xlsx"),
    ]
    for path in sorted(tmp_path.glob("*.ris")):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("TY  - "), path.name
        assert len(references(text)) == text.count("TY  - JOUR\n") == 3
    first = references(place.file("records.ris").read_text())[0]
    assert (first["title"], first["authors"]) == (RECORDS[0]["title"], ["Moreno, A.", "Li, B."])
    assert (first["start_page"], first["end_page"], first["year"], first["doi"]) == ("11", "19", "2021", "10.5555/one")
    assert first["abstract"] == "BACKGROUND: A leak. METHODS: 12 patients were followed. TY - JOUR ER -"
    assert [row["record_id"] for row in read_rows(place.file("records.csv"))] == [*NAMES]


def test_bibtex_is_whole_whatever_the_texts_contain(tmp_path):
    library = parse_string(written(tmp_path).file("records.bib").read_text())
    assert not library.failed_blocks
    assert [entry.key for entry in library.entries] == ["s:1", "s:2", "s:3"]
    assert library.entries[2]["abstract"] == r"Nothing (is) closed) \& 5 \% of\_it"


def test_a_reviewers_batch_has_what_a_person_uses(tmp_path):
    written(tmp_path, reviewer="Ana")
    assert {path.name for path in tmp_path.iterdir()} == {
        *("abstract_all_asreview.csv", "abstract_all_records.ris", "abstract_all_sheet.xlsx")
    }


def test_a_tools_limit_makes_several_files(tmp_path, monkeypatch):
    monkeypatch.setitem(files.RIS_FORMS, "covidence", files.RisForm(("AN",), 2))
    place = written(tmp_path)
    parts = [place.file(f"covidence_{number}.ris").read_text() for number in (1, 2)]
    assert [len(references(part)) for part in parts] == [2, 1]
    assert not place.file("covidence.ris").exists()
    assert files.RIS_FORMS["rayyan"].most > 2


def test_names_of_people_make_names_of_folders():
    assert [folder_name("Dr. A/B", []), folder_name("..", []), folder_name("ANA", ["Ana"])] == [
        "Dr_A_B",
        "reviewer",
        "ANA_2",
    ]


# Round trips


def rayyan(text, header):
    """Rayyan gives a record a key of its own, keeps its notes, and adds the answers to them."""
    rows = []
    for number, (each, answer) in enumerate(zip(references(text), ("Included", "Excluded"), strict=False), start=1):
        mark = " | ".join([*each["notes"], f'RAYYAN-INCLUSION: {{"Ana"=>"{answer}"}}'])
        reason = " | RAYYAN-EXCLUSION-REASONS: Other" if answer == "Excluded" else ""
        rows.append({"key": f"rayyan-{number}", "title": "Another title", "notes": mark + reason})
    return table(header, rows)


def test_rayyan_csv(review, shared, tmp_path):
    real = shared / "exports" / "one-search-25-platforms" / "CSV" / "_baseline_rayyan.csv"
    header = next(csv.reader(real.open(encoding="utf-8-sig")))
    review((rayyan(written(tmp_path / "out").file("rayyan.ris").read_text(), header), {"stage": "abstract"}))
    assert votes() == {"s:1": ("Ana", "include", "record id"), "s:2": ("Ana", "exclude", "record id")}


@pytest.mark.parametrize("form", ["RIS", "BibTeX"])
def test_rayyan_ris_and_bibtex(review, tmp_path, form):
    notes = [each["notes"][0] for each in references(written(tmp_path / "out").file("rayyan.ris").read_text())]
    note = notes[1] + ' | RAYYAN-INCLUSION: {"Ana"=>"Included"}'
    text = {
        "RIS": f"TY  - JOUR\nAN  - rayyan-2\nTI  - Another title\nN1  - {note}\nER  - \n",
        "BibTeX": f"@article{{rayyan-2,\n  title={{Another title}},\n  note={{{note}}}\n}}\n",
    }[form]
    review((text, {"stage": "abstract"}))
    assert votes() == {"s:2": ("Ana", "include", "record id")}


def test_covidence_csv(review, shared, tmp_path):
    real = shared / "exports" / "one-search-25-platforms" / "CSV" / "_baseline_covidence.csv"
    header = next(csv.reader(real.open(encoding="utf-8-sig")))
    sent = references(written(tmp_path / "out").file("covidence.ris").read_text())
    rows = [
        {"Title": "Another title", "Accession Number": each["accession_number"], "Covidence #": f"#{number}"}
        for number, each in enumerate(sent[:2], start=1)
    ]
    source = {"stage": "abstract", "decision": "include", "reviewer": "Ana"}
    review((table(header, rows), source))
    assert votes() == dict.fromkeys(NAMES[:2], ("Ana", "include", "record id"))


def test_eppi_reviewer_json(review, tmp_path):
    sent = written(tmp_path / "out").file("eppi_reviewer.ris").read_text()
    numbers = [line.removeprefix("U1  - ") for line in sent.splitlines() if line.startswith("U1  - ")]
    assert numbers == [*NAMES]
    codes = [{"AttributeId": 1, "AttributeName": "INCLUDE on abstract"}]
    by_number = [{"Title": "Another title", "OldItemId": numbers[0], "Codes": codes}]
    # Where the number got lost, the note is left.
    by_note = [{"Title": "Another title", "Comments": references(sent)[1]["notes"][0], "Codes": codes}]
    sets = [{"SetName": "Screen", "Attributes": {"AttributesList": codes}}]
    review(
        (json.dumps({"CodeSets": sets, "References": by_number + by_note}), {"stage": "abstract", "reviewer": "Ana"})
    )
    assert votes() == dict.fromkeys(NAMES[:2], ("Ana", "include", "record id"))


def test_distillersr_csv(review, tmp_path):
    sent = references(written(tmp_path / "out").file("distillersr.ris").read_text())
    rows = [
        {
            "Refid": number,
            "User": "Ana",
            "Level": "abstract",
            "Decision": "Yes",
            "Accession Number": each["accession_number"],
        }
        for number, each in enumerate(sent[:2], start=1)
    ]
    review((table(["Refid", "User", "Level", "Decision", "Accession Number"], rows), {}))
    assert votes() == dict.fromkeys(NAMES[:2], ("Ana", "include", "record id"))


def spoiled(text):
    """The export without anything but the id to know a record by."""
    for each in RECORDS:
        text = text.replace(each["title"], "Another title").replace("10.5555/one", "").replace("/777/", "/")
    return text


@pytest.mark.parametrize("name", ["labels.csv", "labels.ris", "from_csv.asreview", "from_ris.asreview"])
def test_what_asreview_made_is_read(review, name):
    data = (ASREVIEW / name).read_bytes()
    if name.startswith("labels"):
        data = spoiled(data.decode()).encode()
    rows = review((data, {"stage": "abstract", "reviewer": "Ana", "reason": "other"}))
    assert votes() == {"s:1": ("Ana", "include", "record id"), "s:2": ("Ana", "exclude", "record id")}
    assert read_rows(OUTPUTS["trail"])[0]["note"] == 'good "fit"'
    assert rows["s:3"]["decision"] == "pending"
    assert read_rows(OUTPUTS["read"])[0]["format"] in ("ASReview CSV", "ASReview RIS", "ASReview project")


def asreview_python():
    """The interpreter that has ASReview: the one that ASREVIEW_PYTHON names, or that of the command on the PATH."""
    if named := os.environ.get("ASREVIEW_PYTHON"):
        return named
    command = shutil.which("asreview")
    first = Path(command).read_bytes().partition(b"\n")[0] if command else b""
    return first.removeprefix(b"#!").decode().strip() if first.startswith(b"#!/") else None


def test_the_interpreter_of_a_command_on_the_path_is_driven(tmp_path, monkeypatch):
    monkeypatch.delenv("ASREVIEW_PYTHON", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert asreview_python() is None
    (tmp_path / "asreview").write_text("#!/opt/lab/bin/python\nmain()\n")
    (tmp_path / "asreview").chmod(0o755)
    assert asreview_python() == "/opt/lab/bin/python"


@pytest.mark.parametrize("name", ["asreview.csv", "records.ris"])
def test_asreview_itself(review, tmp_path, name):
    lab = asreview_python()
    if not lab:
        pytest.skip("no ASReview: neither ASREVIEW_PYTHON names its interpreter, nor is its command on the PATH")
    folder = tmp_path / "lab"
    folder.mkdir()
    records = folder / f"records{Path(name).suffix}"
    shutil.copy(written(tmp_path / "out").file(name), records)
    command = [lab, str(DRIVER), str(records), json.dumps(LABELS), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": ""})
    assert done.returncode == 0, done.stderr
    made = [path for path in sorted(folder.iterdir()) if path.name.startswith(("labels", "project"))]
    assert len(made) == (3 if name.endswith("ris") else 2)
    for path in made:
        review((path.read_bytes(), {"stage": "abstract", "reviewer": "Ana", "reason": "other"}))
        assert votes() == {"s:1": ("Ana", "include", "record id"), "s:2": ("Ana", "exclude", "record id")}, path.name


# Project files that are not as they should be


def changed_project(**members):
    """The project file with members replaced, or left out where they are None."""
    target = io.BytesIO()
    with zipfile.ZipFile(ASREVIEW / "from_csv.asreview") as old, zipfile.ZipFile(target, "w") as new:
        content = {name: old.read(name) for name in old.namelist()}
        for name, data in {**content, **members}.items():
            if data is not None:
                new.writestr(name, data)
    return target.getvalue()


def project_database():
    with zipfile.ZipFile(ASREVIEW / "from_csv.asreview") as archive:
        return archive.read("results.db")


def test_a_project_of_version_2_is_read(review):
    data = project_database()
    layout = {"results.db": None, "data_store.db": data, "reviews/abc/results.db": data}
    review((changed_project(**layout), {"stage": "abstract", "reviewer": "Ana", "reason": "other"}))
    assert set(votes()) == {"s:1", "s:2"}


def test_a_project_whose_records_were_changed_is_matched_by_title(review):
    other = {"data/records.csv": b"title\nSomething\nelse\nentirely\n"}
    review((changed_project(**other), {"stage": "abstract", "reviewer": "Ana", "reason": "other"}))
    assert votes()["s:1"] == ("Ana", "include", "DOI")


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"results.db": b"not a database"}, "results.db cannot be read"),
        ({"results.db": None, "reviews/a/results.db": b"", "reviews/b/results.db": b""}, "holds 2 reviews"),
    ],
)
def test_a_damaged_project_stops_the_build(review, members, message):
    with pytest.raises(BuildStop, match=message):
        review((changed_project(**members), {"stage": "abstract"}))


def test_a_view_in_the_place_of_a_table_is_not_read(review, tmp_path):
    path = tmp_path / "hostile.db"
    path.write_bytes(project_database())
    script = "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute('ALTER TABLE results RENAME TO r'); "
    script += "d.execute('CREATE VIEW results AS SELECT * FROM r'); d.commit()"
    subprocess.run([sys.executable, "-c", script, str(path)], check=True)
    with pytest.raises(BuildStop, match="it has no table 'results'"):
        review((changed_project(**{"results.db": path.read_bytes()}), {"stage": "abstract"}))


def test_long_author_lists_and_keys_of_any_kind(tmp_path):
    hard = [record("s:a_b{c},d~2", "T", author="; ".join(f"Name{n}, A." for n in range(60))), record("s:é", "U")]
    library = parse_string(written(tmp_path, hard).file("records.bib").read_text())
    assert not library.failed_blocks
    assert len({entry.key for entry in library.entries}) == 2
