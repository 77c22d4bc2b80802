"""The commands of README and tutorial print what the pages say."""

import subprocess
import sys

import pytest

from tests.places import PROJECT
from tools.console import commands, same

pytestmark = pytest.mark.build


@pytest.mark.parametrize("page", ["README.md", "docs/tutorial.md"])
def test_the_commands_of_a_page_print_what_it_says(page):
    done = subprocess.run(
        [sys.executable, PROJECT / "tools" / "console.py", "--check", page], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_each_command_of_a_block_has_its_output():
    assert list(commands("$ ls\na\nb\n\n$ cd a\n")) == [("ls", "a\nb\n\n"), ("cd a", "")]


@pytest.mark.parametrize(("shown", "printed", "alike"), [("a\nb\n", "b\na\n", True), ("a\nb\n", "a\nc\n", False)])
def test_only_the_order_of_lines_may_differ(shown, printed, alike):
    assert same(shown, printed) is alike
