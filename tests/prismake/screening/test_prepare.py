"""The step that writes what waits to be screened, as its rule calls it."""

import shutil
from pathlib import Path

import pytest
from prismake.common.errors import BuildStop
from prismake.common.results.screening import WAITING
from prismake.review.status import Status
from prismake.review.summary import summary
from scripts.prepare_screening import Screened, prepare

from tests.settings import whole

from .step import OUTPUTS, STAGES

INPUTS = Screened(
    Path("unique.parquet"),
    Path("clusters.csv"),
    *(OUTPUTS[name] for name in ("screening", "trail", "conflicts", "reviewers")),
)
TO_SCREEN = Path("results/screening/to_screen")


@pytest.fixture
def waiting(review):
    """Screens as `review` does, then writes what waits; returns the rows of waiting.csv."""

    def call(*sources, stages=STAGES, handed_over="", to_screen=None, saved=(), **options):
        review(*sources, stages=stages, **options)
        shutil.rmtree(TO_SCREEN, ignore_errors=True)
        Path("handed_over.csv").write_text(handed_over)
        tables = [Path("handed_over.csv")] if handed_over else []
        settings = {"stages": stages, "to_screen": whole(to_screen or {}, "screening", "to_screen")}
        prepare(screened=INPUTS, handed_over=tables, to_screen=TO_SCREEN, settings=settings, saved=saved)
        rows = WAITING.read(WAITING.under(Path("results")))
        return {(row["stage"], row["batch"], row["reviewer"]): int(row["records"]) for row in rows}

    return call


def names():
    return sorted(path.name for path in TO_SCREEN.rglob("*") if path.is_file())


def last_lines():
    Path("results/flow.json").write_text('{"boxes": []}')
    return summary(Path("results"), "d.csv", Status()).splitlines()[2:-1]


def test_all_records_wait_before_the_first_decision(waiting):
    assert waiting(to_screen={"tools": ["rayyan"]}) == {("abstract", "all", ""): 3, ("fulltext", "all", ""): 0}
    assert names() == [
        *("READ_ME.txt", "abstract_all_rayyan.ris", "abstract_all_records.bib", "abstract_all_records.csv"),
        *("abstract_all_records.ris", "abstract_all_sheet.xlsx", "waiting.csv"),
    ]
    assert last_lines() == ["3 records wait for abstract screening: results/screening/to_screen/abstract/all/"]


def test_each_stage_lists_what_waits_for_it(waiting):
    table = "record_id,stage,decision,reason,reviewer\ns:1,abstract,include,,Ana\ns:2,abstract,include,,Ana\n"
    rows = waiting(decisions=table + "s:2,abstract,exclude,other,Ben\n")
    assert rows == {("abstract", "all", ""): 1, ("abstract", "conflicts", ""): 1, ("fulltext", "all", ""): 1}
    assert "fulltext_all_reports_to_fetch.xlsx" in names()
    assert "abstract_conflicts_sheet.xlsx" in names()
    assert not any(name.startswith("abstract") and "fetch" in name for name in names())
    assert [line.partition(":")[0] for line in last_lines()] == [
        "1 record waits for abstract screening",
        "1 conflict waits for the team's decision (abstract)",
        "1 report waits for assessment (fulltext)",
    ]


def test_at_a_stage_of_retrieval_reports_are_listed_once_and_for_everybody(waiting):
    stages = [{"id": "retrieval"}, STAGES[1]]
    rows = waiting(stages=stages, to_screen={"reviewers": ["Ana", "Ben"]})
    assert {key: number for key, number in rows.items() if key[0] == "retrieval"} == {("retrieval", "all", ""): 3}
    fetch = [f"retrieval_all_reports_to_fetch.{suffix}" for suffix in ("csv", "ris", "xlsx")]
    assert names() == ["READ_ME.txt", *fetch, "waiting.csv"]
    assert last_lines() == ["3 reports wait to be retrieved: results/screening/to_screen/retrieval/all/"]


TWO = [{**stage, "reviewers": 2} for stage in STAGES]


def test_two_people_who_screen_each_record_have_a_line_each_until_they_are_done(waiting, caplog):
    rows = waiting(stages=TWO, to_screen={"reviewers": ["Ana", "Ben"]})
    assert rows["abstract", "all", "Ana"] == rows["abstract", "all", "Ben"] == 3
    folder = "results/screening/to_screen/abstract/all"
    assert last_lines() == [
        f"3 records wait for abstract screening by Ana: {folder}/Ana/",
        f"3 records wait for abstract screening by Ben: {folder}/Ben/",
    ]
    table = "record_id,stage,decision,reason,reviewer\n" + "".join(f"s:{n},abstract,include,,Ana\n" for n in (1, 2, 3))
    waiting(stages=TWO, to_screen={"reviewers": ["Ana", "Ben"]}, decisions=table)
    assert last_lines() == [f"3 records wait for abstract screening by Ben: {folder}/Ben/"]
    assert "goes to one of" not in caplog.text


def test_records_are_divided_aloud(waiting, caplog):
    waiting(to_screen={"reviewers": ["Ana", "Ben"]})
    assert "config.yaml, stage 'abstract': each record goes to one of Ana, Ben" in caplog.text


@pytest.mark.parametrize("saved", ["abstract_all_sheet.xlsx", "abstract_all_Ana_sheet.xlsx"])
def test_a_new_sheet_has_another_name_than_one_that_was_saved(waiting, saved):
    waiting(stages=TWO, to_screen={"reviewers": ["Ana", "Ben"], "tools": []}, saved=[saved, "other.xlsx"])
    kept = {"abstract_all_sheet.xlsx", "abstract_all_Ana_sheet.xlsx", "abstract_all_Ben_sheet.xlsx"} - {saved}
    sheets = {name for name in names() if name.endswith(".xlsx")}
    assert sheets == {*kept, saved.replace(".xlsx", "_2.xlsx")}


def test_people_and_a_pilot_have_folders_of_their_own(waiting):
    rows = waiting(to_screen={"reviewers": ["Ana", "Ben"], "pilot": {"abstract": 2}})
    assert rows["abstract", "all", "Ana"] + rows["abstract", "all", "Ben"] == 3
    assert rows["abstract", "pilot", "Ana"] == rows["abstract", "pilot", "Ben"] == rows["abstract", "pilot", ""] == 2
    assert (TO_SCREEN / "abstract/pilot/Ana/abstract_pilot_Ana_sheet.xlsx").is_file()


def test_only_what_is_new_since_the_last_hand_over(waiting, caplog):
    handed_over = "record_id,stage,date\nt:1,abstract,2026-02-01\ns:3,abstract,2026-02-01\n"
    rows = waiting(handed_over=handed_over)
    assert (rows["abstract", "all", ""], rows["abstract", "new", ""]) == (3, 1)
    assert "PRISMAKE-ID: s:2" in (TO_SCREEN / "abstract/new/abstract_new_rayyan.ris").read_text()
    assert "first 't:1' into 's:1'" in caplog.text
    with pytest.raises(BuildStop, match="unknown stage 'abstrac'"):
        waiting(handed_over=handed_over.replace("abstract", "abstrac"))
    with pytest.raises(BuildStop, match=r"config\.yaml, screening\.to_screen\.pilot: unknown stage 'abstrac'"):
        waiting(to_screen={"pilot": {"abstrac": 2}})


def test_nothing_waits(waiting):
    table = "record_id,stage,decision,reason\n" + "".join(f"s:{n},abstract,exclude,other\n" for n in (1, 2, 3))
    assert set(waiting(decisions=table).values()) == {0}
    assert names() == ["READ_ME.txt", "waiting.csv"]
    assert last_lines() == []


def test_the_same_review_gives_the_same_bytes(waiting):
    def build():
        waiting(to_screen={"reviewers": ["Ana"], "pilot": {"abstract": 2}})
        return {path: path.read_bytes() for path in TO_SCREEN.rglob("*") if path.is_file()}

    assert build() == build()
