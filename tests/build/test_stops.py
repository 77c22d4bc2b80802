"""What a person may get wrong, and the one message they get for it."""

import pytest

pytestmark = pytest.mark.build


def assert_one_message(said: str) -> None:
    assert "Traceback" not in said
    assert said.count("ERROR ") == 1, said


def test_an_unknown_key_stops_before_any_job(copy):
    copy.edit("config.yaml", "screening:", "screning:")
    said = copy.stopped()
    assert_one_message(said)
    assert "unknown key 'screning'" in said and "did you mean 'screening'?" in said


def test_a_decision_for_a_record_that_is_not_there_stops(copy):
    with (copy / "data/screening/decisions.csv").open("a") as file:
        file.write("pubmed:1,abstract,include,,\n")
    said = copy.stopped()
    assert_one_message(said)
    assert "pubmed:1" in said and "data/screening/decisions.csv:" in said and "results/logs/screen.log" in said
    assert not (copy / "results/screening/screening.csv").exists()
    assert "Traceback" in (copy / "results/logs/screen.log").read_text()


def test_an_undecided_record_stops_and_is_named(copy):
    path = copy / "data/screening/decisions.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-1]))
    said = copy.stopped()
    assert_one_message(said)
    assert lines[-1].split(",")[0] in said


def test_an_unknown_value_in_the_prose_stops_at_its_line(copy):
    copy.edit("manuscript/03.results.md", "flow.included", "flow.inclded")
    said = copy.stopped()
    assert_one_message(said)
    assert "manuscript/03.results.md:" in said and "did you mean 'flow.included'?" in said


def test_a_truncated_export_stops_and_the_others_are_untouched(copy, example):
    path = copy / "data/searches/embase.ris"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    said = copy.stopped()
    assert "Traceback" not in said
    before = (example / "results/import/pubmed.parquet").read_bytes()
    assert (copy / "results/import/pubmed.parquet").read_bytes() == before


def test_an_export_that_is_none_stops_with_its_name(copy):
    (copy / "data/searches/embase.ris").write_bytes(b"\x7fELF\x00\x01\x02" * 100)
    said = copy.stopped()
    assert_one_message(said)
    assert "data/searches/embase.ris" in said


def test_a_build_that_was_killed_leaves_word_what_to_do(copy):
    locks = copy / ".snakemake/locks"
    locks.mkdir(parents=True, exist_ok=True)
    for name in ("0.input.lock", "0.output.lock"):
        (locks / name).write_text("results/flow.json\n")
    (copy / "results/flow.json").unlink()
    said = copy.stopped()
    assert_one_message(said)
    assert "locked" in said and "snakemake --unlock" in said
    copy.build("--unlock")
    assert "Counting the flow" in copy.build()


def test_a_switch_of_the_command_line_counts(copy):
    said = copy.snakemake("--dry-run", "--config", "review={draft: true}")
    assert said.returncode == 0, said.stderr
    assert "screen" in said.stderr


def test_a_journal_that_is_not_there_stops_though_all_results_are(copy):
    copy.edit("config.yaml", "journal: j-pain-res", "journal: j-pian-res")
    said = copy.stopped()
    assert_one_message(said)
    assert "there is no journal 'j-pian-res'" in said and "j-pain-res" in said
