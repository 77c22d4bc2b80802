"""The preview: who may read it, what it adds to the page, and what it makes anew after which change."""

import argparse
import http.client
import importlib
import io
import json
import re
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from prismake.common import step_starts
from prismake.web import preview_command, rebuilding, waiting
from prismake.web.page import policy
from prismake.web.preview_command import written_by_people
from prismake.web.rebuilding import CAN_COPY, LOADED, STEPS, Rebuilding
from prismake.web.server import Listeners, Server, with_reload

PAGE = (
    f'<html><meta http-equiv="Content-Security-Policy" content="{policy("a{}", "b;")}"><body><p>Text</p></body></html>'
)


@pytest.fixture
def server(tmp_path):
    made = Server(0, tmp_path / "page.html", "let reload;", Listeners())
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def got(server, path="/", host=""):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    connection.request("GET", path, headers={"Host": host} if host else {})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_the_page_is_served_with_the_program_that_reloads_it(server):
    assert "being made" in got(server)[1]
    server.page.write_text(PAGE, encoding="utf-8")
    status, text = got(server)
    assert status == 200 and "<p>Text</p><script>let reload;</script>" in text
    assert "connect-src &#39;self&#39;" in text and "unsafe" not in text
    assert len(re.findall("sha256-", text)) == len(re.findall("sha256-", PAGE)) + 1


@pytest.mark.parametrize("host", ["evil.example.org", "evil.example.org:80", "127.0.0.1", "127.0.0.1:1"])
def test_other_names_of_this_machine_are_refused(server, host):
    server.page.write_text("secret", encoding="utf-8")
    status, text = got(server, host=host)
    assert status == 403 and "secret" not in text


@pytest.mark.parametrize("path", ["/page.html", "/../config.yaml", "/%2e%2e/config.yaml", "//etc/passwd"])
def test_nothing_but_the_page_is_served(server, path):
    assert got(server, path)[0] == 404


def test_browsers_hear_that_the_page_was_made_anew(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    connection.request("GET", "/events")
    answer = connection.getresponse()
    while not server.listeners.queues:
        pass
    server.listeners.announce("stopped", "a 'fault'\nin line 2")
    lines = [answer.readline().decode().strip() for _ in range(2)]
    assert lines[0] == "event: stopped" and json.loads(lines[1].removeprefix("data: ")) == "a 'fault'\nin line 2"


def test_the_policy_of_the_page_stays_strict():
    assert with_reload("<body></body>", "x").count("<script>") == 1
    assert "default-src 'none'" in with_reload(PAGE, "x")


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("manuscript/01.text.md", True),
        ("data/extraction/studies.xlsx", True),
        ("config.yaml", True),
        ("results/manuscript/manuscript.html", False),
        (".snakemake/log", False),
        ("data/extraction/~$studies.xlsx", False),
        ("manuscript/.#01.text.md", False),
        ("manuscript/01.text.md~", False),
        ("../elsewhere", False),
    ],
)
def test_what_people_write_makes_the_page_out_of_date(tmp_path, name, counts):
    assert written_by_people((tmp_path / name).resolve(), tmp_path.resolve()) == counts


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A rebuilding after a first build, whose steps append their names to a file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "01.text.md").touch()
    one = Rebuilding(1)
    call = {"input": {"sections": ["01.text.md"], "metadata": "metadata.yaml"}, "output": {}, "params": {}, "log": []}
    one.calls = dict.fromkeys(STEPS, call)

    def step(rule):
        def write(**_):
            with (tmp_path / "ran").open("a") as file:
                file.write(f"{rule}\n")

        return write

    monkeypatch.setattr(rebuilding, "_function", step)
    monkeypatch.setattr(rebuilding, "run", lambda function, job: function(**job.input))
    monkeypatch.setattr(one, "by_snakemake", lambda: "by Snakemake")
    return one


@pytest.mark.skipif(not CAN_COPY, reason="this system cannot copy a process")
def test_a_changed_text_needs_two_steps_and_anything_else_snakemake(made, tmp_path):
    assert made.after([tmp_path / "01.text.md"]) == ""
    assert (tmp_path / "ran").read_text().split() == ["render", "write_html"]
    for changed in (["studies.csv"], ["01.text.md", "studies.csv"], ["02.new.md"], []):
        assert made.after([tmp_path / name for name in changed]) == "by Snakemake"
    (tmp_path / "01.text.md").unlink()
    assert made.after([tmp_path / "01.text.md"]) == "by Snakemake"


@pytest.mark.skipif(not CAN_COPY, reason="this system cannot copy a process")
def test_a_step_that_stops_leaves_its_message(made, tmp_path, monkeypatch):
    def stopping(function, job):
        import sys

        sys.stderr.write("noise\nERROR no value has this name\n")
        raise SystemExit(1)

    monkeypatch.setattr(rebuilding, "run", stopping)
    assert made.after([tmp_path / "01.text.md"]) == "no value has this name"


def test_every_step_of_a_changed_text_is_a_script_with_its_function():
    for rule, function in STEPS.items():
        assert callable(rebuilding._function(rule)) and rebuilding._function(rule).__name__ == function


def test_a_build_waits_with_all_loaded_for_its_arguments(monkeypatch):
    seen: list[Any] = []
    stub = SimpleNamespace(cli=SimpleNamespace(main=lambda: seen.append(sys.argv)))
    monkeypatch.setitem(sys.modules, "snakemake", stub)
    monkeypatch.setattr(importlib, "import_module", seen.append)
    monkeypatch.setattr(step_starts, "start_early", lambda _, scripts: seen.append(scripts))
    monkeypatch.setattr(step_starts, "CAN_COPY", True)
    for line in ('["--cores", "1"]\n', ""):
        seen.clear()
        monkeypatch.setattr(sys, "argv", ["waiting", *LOADED])
        monkeypatch.setattr(sys, "stdin", io.StringIO(line))
        waiting.main()
        scripts, *modules = seen
        assert len(scripts) == len(LOADED) and all(script.is_file() for script in scripts)
        assert (modules.pop() if line else None) == (["snakemake", "--cores", "1"] if line else None)
        assert len(modules) > 20 and "prismake.review" in modules


def test_each_build_of_a_preview_is_followed_by_one_that_waits(monkeypatch, tmp_path):
    program = "import json, os, sys; print(sys.stdin.readline(), end='', file=sys.stderr); sys.exit(3)"
    own = subprocess.Popen
    started = []

    def start(command, **more):
        started.append(command)
        return own([sys.executable, "-c", program], **more)

    monkeypatch.setattr(subprocess, "Popen", start)
    one = Rebuilding(2)
    assert not started
    message = one.by_snakemake()
    assert "--forcerun" in message and json.loads(message)[-1] == rebuilding.PAGE.as_posix()
    assert len(started) == 2 and one.calls == {} and one.waiting.process.poll() is None
    one.waiting.process.communicate("")


def test_a_build_that_stops_is_shown_and_printed(capsys):
    listeners = Listeners()
    own = listeners.join()

    class Stopping(Rebuilding):
        def after(self, changed):
            return "fault" if changed else ""

    preview_command._make(Stopping(1), listeners, [Path("a")])
    preview_command._make(Stopping(1), listeners)
    assert own.get() == 'event: stopped\ndata: "fault"\n\n' and own.get().startswith("event: made")
    assert "fault" in capsys.readouterr().out


def test_what_is_saved_while_the_first_page_is_made_is_not_missed(tmp_path, monkeypatch):
    order: list[object] = []

    def watch(*_, **__):
        order.append("watching")
        yield {("changed", str(tmp_path / "01.text.md"))}
        raise KeyboardInterrupt

    class Noting:
        def __init__(self, cores):
            pass

        def after(self, changed):
            order.append(sorted(path.name for path in changed))
            return ""

    server = SimpleNamespace(address="http://127.0.0.1:1/", serve_forever=lambda: None, shutdown=lambda: None)
    monkeypatch.setattr("watchfiles.watch", watch)
    monkeypatch.setattr(preview_command, "Rebuilding", Noting)
    monkeypatch.setattr(preview_command, "Server", lambda *_: server)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").touch()
    preview_command.run(argparse.Namespace(folder=tmp_path, port=0, no_browser=True, cores=1))
    assert order == ["watching", [], ["01.text.md"]]
