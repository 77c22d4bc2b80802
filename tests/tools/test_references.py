import subprocess
import sys

from tests.places import PROJECT


def test_the_reference_of_settings_is_that_of_the_schema():
    done = subprocess.run(
        [sys.executable, PROJECT / "tools" / "config_reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_page_of_the_preflight_is_that_of_its_checks():
    done = subprocess.run(
        [sys.executable, PROJECT / "tools" / "preflight_reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_page_of_results_is_that_of_their_declarations():
    done = subprocess.run(
        [sys.executable, PROJECT / "tools" / "results_reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_page_of_forms_is_that_of_their_files():
    done = subprocess.run(
        [sys.executable, PROJECT / "tools" / "forms_reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_page_of_the_audit_is_that_of_its_rules():
    done = subprocess.run(
        [sys.executable, PROJECT / "tools" / "audit_reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
