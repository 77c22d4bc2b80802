"""The commands of README and tutorial print what the pages say."""

import subprocess
import sys

import pytest
from openpyxl import Workbook, load_workbook

from tests.places import PROJECT
from tools.console import Session, commands, output_of, rows_of, same

pytestmark = pytest.mark.build


def test_the_commands_of_readme_and_tutorial_print_what_the_pages_say():
    done = subprocess.run(
        [sys.executable, PROJECT / "tools" / "console.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_each_command_of_a_block_has_its_output():
    assert list(commands("$ ls\na\nb\n\n$ cd a\n")) == [("ls", "a\nb\n\n"), ("cd a", "")]


@pytest.mark.parametrize(("shown", "printed", "alike"), [("a\nb\n", "b\na\n", True), ("a\nb\n", "a\nc\n", False)])
def test_only_the_order_of_lines_may_differ(shown, printed, alike):
    assert same(shown, printed) is alike


def test_an_output_may_be_shown_from_a_line_on():
    assert output_of("…\nb\n", "a\nb\n") == "…\nb\n"
    assert output_of("…\nb\n", "a\nc\n") == "…\nc\n"


def test_a_person_s_part_is_done_as_the_page_says(tmp_path):
    session = Session(tmp_path)
    book = Workbook()
    book.active.append(["Title", "Decision"])
    book.active.append(["Cats and dogs", None])
    book.save(tmp_path / "a.xlsx")
    rows = rows_of("| Title | Decision | n [cm] |\n|---|---|---|\n| Cats | include | |\n")
    session.fill("a.xlsx", "Sheet", rows, "b.xlsx")
    cells = [[cell.value for cell in row] for row in load_workbook(tmp_path / "b.xlsx").active]
    assert cells == [["Title", "Decision", "n [cm]"], ["Cats and dogs", "include", None]]
    (tmp_path / "c.md").write_text('A {{ to_write("why it matters") }}')
    session.replace(".", [["why…", "text"]])
    assert (tmp_path / "c.md").read_text() == "A text"
