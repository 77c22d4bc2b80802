"""The list of messages: what the tool reads from the source, and that docs/messages.md is made from it."""

import subprocess
import sys

import pytest

from tests.places import PROJECT
from tools import messages_reference
from tools.messages_reference import Message, lua_messages, messages_of


@pytest.fixture
def read(tmp_path):
    def messages(source, name="step.py"):
        path = tmp_path / name
        path.write_text(source)
        return [(m.code, m.text, m.fix) for m in (lua_messages if name.endswith(".lua") else messages_of)(path)]

    return messages


def test_the_list_of_messages_is_that_of_the_source():
    done = subprocess.run(
        [sys.executable, PROJECT / "tools" / "messages_reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('Issue("a-code", "is wrong", "here", "correct it")', [("a-code", "is wrong", "correct it")]),
        ('stop("a-code", f"{len(rows)} rows of {path.name}")', [("a-code", "{number} rows of {name}", "")]),
        (
            'stop("a-code", "one" if x else "two", fix=f"use {row[\'id\']}")',
            [("a-code", "one", "use {id}"), ("a-code", "two", "use {id}")],
        ),
        ('FIX = "try " + "again"\nstop("a-code", "failed", fix=FIX)', [("a-code", "failed", "try again")]),
        ('Issue("one" if x else "two", "m")', [("one", "m", ""), ("two", "m", "")]),
        ('stop("a-code", "a {}".format(n))', [("a-code", "{n}", "")]),
    ],
)
def test_texts_are_read_with_what_the_program_fills_in(read, source, expected):
    assert read(source) == expected


def test_the_nearest_assignment_above_is_the_message(read):
    source = """
def check():
    message = "first"
    yield Issue("one", message)
    message = f"second {name}"
    yield Issue("two", message)
"""
    assert read(source) == [("one", "first", ""), ("two", "second {name}", "")]


def test_a_function_that_passes_its_arguments_on_is_read_at_its_callers(read):
    source = """
def refused(code, message, fix="ask"):
    return stop(code, message, where="x", fix=fix)

def read():
    raise refused("one", "no file")
    raise refused("two", message="no right", fix="allow it")
"""
    assert read(source) == [("one", "no file", "ask"), ("two", "no right", "allow it")]


def test_messages_of_a_table_are_read(read):
    source = """
def texts():
    return [("too-long", f"{n} words"), ("too-short", "no words at all")]

def issues():
    return [Issue(code, message) for code, message in texts()]
"""
    assert read(source) == [("too-long", "{n} words", ""), ("too-short", "no words at all", "")]


@pytest.mark.parametrize(
    "source",
    [
        'def text():\n    return "is wrong"\n\ndef check():\n    stop("a-code", text())',
        'def both():\n    return "is wrong", 1\n\ndef check():\n    text, n = both()\n    stop("a-code", text)',
        'def check():\n    for text in ["is wrong"]:\n        stop("a-code", text)',
        'def texts():\n    yield "is wrong"\n\ndef check():\n    return [Issue("a-code", text) for text in texts()]',
        'class F:\n    text: str\n\ndef f():\n    fault = F("is wrong")\n    stop("a-code", fault.text)',
    ],
    ids=["function", "tuple", "loop", "generator", "field"],
)
def test_texts_are_followed_to_where_they_are_made(read, source):
    assert read(source) == [("a-code", "is wrong", "")]


def test_a_number_is_shown_with_its_noun(read):
    assert read("stop('a-code', f'{counted(n, \"row\")} in it')") == [("a-code", "{number} rows in it", "")]


def test_messages_of_a_filter_are_read(read):
    source = "if x then issue('a-code', 'there is ' .. name, where, 'move it (now)') end\nissue('b', 'text', w(1, 2))\n"
    assert read(source, "filter.lua") == [("a-code", "there is {name}", "move it (now)"), ("b", "text", "")]


def test_a_code_without_a_meaning_and_a_meaning_without_a_code_are_faults():
    wrong = messages_reference.faults([Message("flow", "new", "text")], {"old": "was so"})
    assert [line.partition(": ")[2] for line in wrong] == [
        "the code 'new' has no meaning",
        "no message has the code 'old'",
    ]
