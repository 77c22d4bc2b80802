from prismake.common.errors import SHOWN, BuildStop, Issue, counted, grouped, nearest, some_of, stop


def test_a_message_says_where_what_and_what_to_do():
    text = str(stop("x", "unknown key 'serches'", where="config.yaml", fix="did you mean 'searches'?"))
    assert text == "config.yaml: unknown key 'serches'\n  -> did you mean 'searches'?"


def test_all_faults_of_a_check_are_reported_at_once_and_long_lists_are_cut():
    problem = BuildStop(Issue("x", f"fault {n}") for n in range(SHOWN + 5))
    assert "fault 0\n" in str(problem)
    assert str(problem).endswith("and 5 more of the same check")
    assert len(problem.issues) == SHOWN + 5


def test_one_cause_in_many_rows_is_one_message_with_their_number() -> None:
    rows = [
        Issue("date", "'x' is not a valid date", f"data/a.csv:{n}, column 'date'", "write it") for n in range(2, 12)
    ]
    other = Issue("date", "'y' is not a valid date", "data/a.csv:4, column 'date'", "write it")
    elsewhere = Issue("date", "'x' is not a valid date", "data/b.csv:4", "write it")
    problem = BuildStop([rows[0], other, *rows[1:], elsewhere, elsewhere])
    assert [issue.where for issue in problem.issues] == [
        "data/a.csv:2 (10 rows, also lines 3, 4, 5, 6, 7 and 4 more), column 'date'",
        "data/a.csv:4, column 'date'",
        "data/b.csv:4",
    ]
    sheet = [Issue("date", "'x' is not a valid date", f"a.xlsx, sheet 'S', row {n}") for n in (3, 5, 9)]
    assert [issue.where for issue in grouped(sheet)] == ["a.xlsx, sheet 'S', row 3 (3 rows, also rows 5, 9)"]
    assert grouped([rows[0], rows[1]])[0].where == "data/a.csv:2 (2 rows, also line 3), column 'date'"


def test_a_long_list_in_a_message_is_cut_and_counted() -> None:
    assert some_of([3, 9]) == "3, 9"
    assert some_of("abcdefg") == "a, b, c, d, e and 2 more"


def test_nearest_prefers_a_near_name_and_else_lists_the_valid_ones():
    assert nearest("serches", ["searches", "screening"]) == "did you mean 'searches'?"
    assert nearest("ODI", ["odi", "vas"]) == "did you mean 'odi'?"
    assert nearest("zzz", ["b", "a"]) == "valid here: a, b"


def test_a_title_in_a_message_commands_no_terminal():
    text = str(Issue("x", "'\x1b]0;owned\x07 \u202egnp.exe\ud800'\n     next", "a\x9b.csv"))
    assert text.replace("\n", "").isprintable()
    assert "next" in text.splitlines()[1]


def test_a_long_list_of_valid_names_is_cut():
    message = nearest("x", [f"pubmed:{number}" for number in range(500)])
    assert len(message) < 500 and message.endswith("(500 in all)")


def test_a_number_agrees_with_its_noun():
    assert [counted(n, "record") for n in (0, 1, 2, 1204)] == ["0 records", "1 record", "2 records", "1,204 records"]
    assert counted(3, "study", "studies") == "3 studies" and counted(1, "record is", "records are") == "1 record is"


def test_rows_that_differ_in_an_item_alone_are_one_message_that_names_the_first_items() -> None:
    def unknown(name: str, line: int) -> Issue:
        return Issue("unknown", f"no record has the id '{name}'", f"a.csv:{line}", "see the list", item=f"'{name}'")

    (one, other) = BuildStop([*(unknown(f"s:{n}", n) for n in range(2, 114)), Issue("x", "y", "a.csv:2")]).issues
    assert one.message == "no record has the id 's:2', 's:3', 's:4', 's:5', 's:6' and 107 more"
    assert one.where == "a.csv:2 (112 rows, also lines 3, 4, 5, 6, 7 and 106 more)" and other.message == "y"
    assert [issue.message for issue in grouped([unknown("a", 2)])] == ["no record has the id 'a'"]


def test_a_word_without_end_is_quoted_by_its_beginning():
    text = str(Issue("x", f"'{'w' * 2000}' is not an answer", "a.csv:2", "correct it"))
    assert text == f"a.csv:2: '{'w' * 79}… is not an answer\n  -> correct it"
    assert "w" * 190 in str(Issue("x", "w" * 190))
