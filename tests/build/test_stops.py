"""What a person may get wrong, and the one message they get for it."""

import pytest

pytestmark = pytest.mark.build


def assert_one_message(message: str) -> None:
    assert "Traceback" not in message
    assert message.count("ERROR ") == 1, message


def test_an_unknown_key_stops_before_any_job(copy):
    copy.edit("config.yaml", "screening:", "screning:")
    message = copy.stopped()
    assert_one_message(message)
    assert "unknown key 'screning'" in message and "did you mean 'screening'?" in message


def test_a_decision_for_a_record_that_is_not_there_stops(copy):
    with (copy / "data/screening/decisions.csv").open("a") as file:
        file.write("pubmed:1,abstract,include,,\n")
    message = copy.stopped()
    assert_one_message(message)
    assert "pubmed:1" in message and "data/screening/decisions.csv:" in message and "results/logs/screen.log" in message
    assert not (copy / "results/screening/screening.csv").exists()
    assert "Traceback" in (copy / "results/logs/screen.log").read_text()


def test_an_undecided_record_stops_and_is_named(copy):
    path = copy / "data/screening/decisions.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-1]))
    message = copy.stopped()
    assert_one_message(message)
    assert lines[-1].split(",")[0] in message


def test_an_unknown_value_in_the_prose_stops_at_its_line(copy):
    copy.edit("manuscript/03.results.md", "flow.included", "flow.inclded")
    message = copy.stopped()
    assert_one_message(message)
    assert "manuscript/03.results.md:" in message and "did you mean 'flow.included'?" in message


def test_a_truncated_export_stops_and_the_others_are_untouched(copy, example):
    path = copy / "data/searches/embase.ris"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    message = copy.stopped()
    assert "Traceback" not in message
    before = (example / "results/import/pubmed.parquet").read_bytes()
    assert (copy / "results/import/pubmed.parquet").read_bytes() == before


def test_an_export_that_is_none_stops_with_its_name(copy):
    (copy / "data/searches/embase.ris").write_bytes(b"\x7fELF\x00\x01\x02" * 100)
    message = copy.stopped()
    assert_one_message(message)
    assert "data/searches/embase.ris" in message


def test_a_build_that_was_killed_leaves_word_what_to_do(copy):
    locks = copy / ".snakemake/locks"
    locks.mkdir(parents=True, exist_ok=True)
    for name in ("0.input.lock", "0.output.lock"):
        (locks / name).write_text("results/flow.json\n")
    (copy / "results/flow.json").unlink()
    # As of a step that has just written it, where a build is running.
    note = copy / "results/.made/dedup/merges.csv.sha256"
    noted = note.read_bytes()
    note.unlink()
    message = copy.stopped()
    assert_one_message(message)
    assert "locked" in message and "snakemake --unlock" in message
    assert (copy / "results/dedup/merges.csv").is_file()
    note.write_bytes(noted)
    copy.build("--unlock")
    assert "Counting the flow" in copy.build("results/flow.json")


def test_a_switch_of_the_command_line_counts(copy):
    done = copy.snakemake("--dry-run", "--config", "review={draft: true}")
    assert done.returncode == 0, done.stderr
    assert "screen" in done.stderr


def test_a_journal_that_is_not_there_stops_though_all_results_are(copy):
    copy.edit("config.yaml", "journal: j-pain-res", "journal: j-pian-res")
    message = copy.stopped()
    assert_one_message(message)
    assert "there is no journal 'j-pian-res'" in message and "j-pain-res" in message
