from prismake.common.step_logs import entries, state_of

LOG = """\
INFO 428 records
all is well
WARNING data/a.csv: draft
  -> decide
WARNING another
ERROR data/b.csv:2: no record has the id 'x'
  -> look there

Traceback (most recent call last):
ERROR of somebody else's
"""


def test_the_messages_of_a_level_are_whole(tmp_path):
    log = tmp_path / "step.log"
    log.write_text(LOG)
    assert entries(log, "WARNING") == ["data/a.csv: draft\n  -> decide", "another"]
    assert entries(log, "ERROR")[0] == "data/b.csv:2: no record has the id 'x'\n  -> look there"
    assert entries(log, "INFO") == ["428 records\nall is well"]


def test_a_log_that_is_not_there_says_nothing(tmp_path):
    assert entries(tmp_path / "none.log", "ERROR") == []
    assert state_of(tmp_path / "none.log") is None
    (tmp_path / "none.log").write_text("")
    assert state_of(tmp_path / "none.log") is not None
