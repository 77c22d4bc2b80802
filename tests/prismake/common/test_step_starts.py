"""Steps as copies of a process that has loaded what they import."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from prismake.common import step_starts
from prismake.common.forkserver import imports_of
from prismake.common.step_starts import StepServer, environment_of_step

pytestmark = pytest.mark.skipif(not step_starts.CAN_COPY, reason="processes are copied on Linux alone")


@pytest.fixture(scope="module")
def server():
    server = StepServer(sys.executable)
    yield server
    server.stop()


@pytest.fixture
def run(server, tmp_path, monkeypatch):
    """Runs the text of a script as a copy, in a folder of its own; its status."""
    monkeypatch.chdir(tmp_path)

    def run_script(text: str, **environment: str) -> int:
        script = tmp_path / "step.py"
        script.write_text(text)
        return server.copy().run(str(script), environment_of_step(1, None) | environment)

    return run_script


def alive(process):
    """Whether a process is there and has not ended."""
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def until_gone(process):
    for _ in range(500):
        if not alive(process):
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize(
    ("script", "status"),
    [
        ("x = 1", 0),
        ("import sys; sys.exit(3)", 3),
        ("import os; os._exit(4)", 4),
        ("raise ValueError('x')", 1),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -9),
    ],
)
def test_the_status_of_a_step_is_reported(run, script, status):
    assert run(script) == status


def test_a_copy_that_is_killed_before_it_has_its_script_is_reported_as_killed(server):
    copy = server.copy()
    os.kill(copy.process, signal.SIGKILL)
    assert until_gone(copy.process)
    # As the server, too, knows by then.
    time.sleep(0.05)
    assert copy.run("step.py", {}) == -signal.SIGKILL


def test_a_script_runs_as_the_main_module_in_its_folder_with_its_environment(run, tmp_path):
    text = "import json, os, sys, __main__\nhere = 1\n"
    text += "seen = [__name__, __main__.here, sys.argv, os.getcwd(), os.environ['A'], 'B' in os.environ]\n"
    text += "json.dump(seen, open('seen.json', 'w'))\n"
    os.environ.pop("B", None)
    assert run("import os; os.environ['B'] = '1'") == run(text, A="a") == 0
    script, folder = str(tmp_path / "step.py"), str(tmp_path)
    assert (tmp_path / "seen.json").read_text() == f'["__main__", 1, ["{script}"], "{folder}", "a", false]'


def test_nothing_of_a_step_is_left_for_the_next(run):
    assert run("import json, prismake; json.left = prismake.left = 1") == 0
    assert run("import json, prismake; assert not hasattr(json, 'left') and not hasattr(prismake, 'left')") == 0


def test_a_step_is_stopped_as_from_the_keyboard_and_has_no_file_of_the_server(run):
    assert run("import signal; assert signal.getsignal(signal.SIGINT) is signal.default_int_handler") == 0
    # The standard three, and the socket that tells its end.
    assert run("import os; assert len(os.listdir('/proc/self/fd')) == 5, os.listdir('/proc/self/fd')") == 0


def test_several_steps_run_at_once(server, tmp_path):
    pipe = str(tmp_path / "pipe")
    os.mkfifo(pipe)
    (tmp_path / "reader.py").write_text(f"assert open({pipe!r}).read() == 'x'")
    (tmp_path / "writer.py").write_text(f"open({pipe!r}, 'w').write('x')")
    # Each of the two waits for the other.
    scripts = [str(tmp_path / name) for name in ("reader.py", "writer.py")]
    with ThreadPoolExecutor() as pool:
        ends = [pool.submit(server.copy().run, script, dict(os.environ)) for script in scripts]
    assert [end.result() for end in ends] == [0, 0]


def test_what_scripts_import_is_loaded_once(server, run, tmp_path):
    text = "import sys\nassert 'prismake.common.kappa' in sys.modules"
    assert run(text) == 1
    (tmp_path / "loads.py").write_text("from prismake.common import kappa\nimport no_such_module\n")
    server.load([tmp_path / "loads.py"])
    # A request goes before what is still to load.
    for _ in range(200):
        if run(text) == 0:
            return
        time.sleep(0.01)
    raise AssertionError("the module is not loaded")


def test_the_imports_of_a_script_are_those_in_its_functions_too(tmp_path):
    (tmp_path / "step.py").write_text("import a.b\nfrom c import d, e\n\ndef f():\n    from g import h\n")
    assert imports_of(tmp_path / "step.py") == [("a.b", ()), ("c", ("d", "e")), ("g", ("h",))]


def script_of(**settings):
    return SimpleNamespace(
        container_img=None, conda_env=None, env_modules=None, bench_record=None, threads=1, resources={}, **settings
    )


@pytest.fixture
def execute(monkeypatch):
    """Snakemake's function that starts a script, the server that it uses, and the scripts that it started plainly."""
    from snakemake.script import PythonScript

    plain = []
    monkeypatch.setattr(PythonScript, "execute_script", lambda script, fname, edit=False: plain.append(fname))
    own = StepServer(sys.executable)
    step_starts.start_from(own)
    yield PythonScript.execute_script, own, plain
    own.stop()


def test_snakemake_starts_scripts_as_copies_and_a_failure_stops_it(execute, tmp_path):
    start, _, plain = execute
    (tmp_path / "step.py").write_text("import sys; sys.exit(5)")
    with pytest.raises(subprocess.CalledProcessError) as failure:
        start(script_of(), str(tmp_path / "step.py"))
    assert (failure.value.returncode, plain) == (5, [])


STOPPED = """
import os, sys
from prismake.common.step_starts import StepServer

print(StepServer(sys.executable).copy().run(sys.argv[1], dict(os.environ)))
"""


def test_a_step_that_is_stopped_from_the_keyboard_leaves_no_trace_on_the_screen(tmp_path):
    script = tmp_path / "step.py"
    script.write_text("import os, signal, sys; print('here', file=sys.stderr); os.kill(os.getpid(), signal.SIGINT)")
    command = [sys.executable, "-c", STOPPED, str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("130\n", "here\n")


def test_a_server_that_was_killed_is_done_without(execute, tmp_path):
    start, own, plain = execute
    own._process.kill()
    own._process.wait()
    start(script_of(), "step.py")
    assert plain == ["step.py"]


def test_a_server_that_was_stopped_is_done_without(execute):
    start, own, plain = execute
    own.stop()
    own.stop()
    start(script_of(), "step.py")
    assert plain == ["step.py"]


def test_what_runs_elsewhere_is_started_by_snakemake(execute):
    start, _, plain = execute
    start(SimpleNamespace(**vars(script_of()) | {"container_img": "image"}), "step.py")
    assert plain == ["step.py"]


def test_the_server_ends_with_a_build_that_was_killed():
    text = "import sys, time\nfrom prismake.common.step_starts import StepServer\n"
    text += "print(StepServer(sys.executable)._process.pid, flush=True)\ntime.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE) as build:
        process = int(build.stdout.readline())
        assert alive(process)
        build.send_signal(signal.SIGKILL)
    assert until_gone(process)


JUST_BEFORE = """
import select, signal, socket
from prismake.common import forkserver

real = select.select


def wait(reading, *rest):
    signal.raise_signal(signal.SIGCHLD)
    print(bool(real(reading, [], [], 1)[0]))
    raise SystemExit


select.select = wait
_, control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
server = forkserver._Server(control)
server.to_load.clear()
server.copy()
"""


def test_a_step_that_ends_just_before_the_server_waits_is_not_waited_for():
    done = subprocess.run([sys.executable, "-c", JUST_BEFORE], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


def test_the_environment_names_threads_and_the_temporary_folder(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    environment = environment_of_step(2, "/elsewhere")
    assert {environment[name] for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")} == {"2"}
    assert {environment[name] for name in ("TMPDIR", "TEMP")} == {"/elsewhere"}
