import ast

from prismake.common import modules
from prismake.common.modules import modules_of

from tests.places import PACKAGE, SCRIPTS

ROOT = PACKAGE


def write(root, name, text=""):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_imports_are_followed_through_modules_and_functions(tmp_path):
    for room in ("", "a/", "b/"):
        write(tmp_path, f"{room}__init__.py")
    step = write(
        tmp_path,
        "a/step.py",
        "from prismake.b import (\n    one,  # why\n)\n\ndef f():\n    import prismake.b.two as two\n",
    )
    write(tmp_path, "b/one.py", "from prismake.b.three import name\n")
    write(tmp_path, "b/two.py", "import os\n")
    write(tmp_path, "b/three.py")
    write(tmp_path, "b/unused.py")
    items = [path.relative_to(tmp_path).as_posix() for path in modules_of(step, tmp_path)]
    assert items == ["__init__.py", "b/__init__.py", "b/one.py", "b/three.py", "b/two.py"]


def test_a_step_of_the_package_needs_the_step_frame_but_no_other_stage():
    result = {path.relative_to(ROOT).as_posix() for path in modules_of(SCRIPTS / "seal.py", ROOT)}
    assert {"common/steps.py", "common/errors.py", "common/writing.py"} <= result
    assert not any(path.startswith(("dedup/", "importing/")) for path in result)


# From the ground up: a room imports from lower floors alone, never from a neighbour on its own.
FLOORS = [
    {"common"},
    {"review", "metaanalysis"},
    {"importing", "dedup", "screening", "flow", "synthesis", "appraisal"},
    {"grade"},
    {"ledger"},
    {"figures"},
    {"manuscript"},
    {"audit"},
    {"document"},
    {"preflight"},
    {"submission", "trace", "extraction"},
    {"web"},
    {"revision", "adding"},
]


def test_every_room_has_a_floor():
    rooms = {folder.name for folder in ROOT.iterdir() if (folder / "__init__.py").is_file()}
    assert rooms == set().union(*FLOORS)


def test_a_room_imports_from_lower_floors_alone():
    below: set[str] = set()
    for floor in FLOORS:
        for room in sorted(floor):
            for file in sorted((ROOT / room).rglob("*.py")):
                needed = {path.relative_to(ROOT).parts[0] for path in modules_of(file, ROOT) if path.parent != ROOT}
                assert needed <= below | {room}, f"{file.relative_to(ROOT)} imports {needed - below - {room}}"
        below |= floor


def test_imports_are_found_as_python_sees_them():
    for file in ROOT.glob("**/*.py"):
        seen: set[str | None] = set()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                seen.update(alias.name for alias in node.names if alias.name.split(".")[0] == "prismake")
            elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "prismake":
                seen.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
        assert seen <= modules._imported(file.read_text(encoding="utf-8")), file
