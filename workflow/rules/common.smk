"""What all rules share: the checked configuration, where things stand, and which code a step is made of."""

import atexit
import contextlib
import functools
import gc
import os
import re
import shlex
import shutil
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

# A review is data: no Python file that lies in it is imported. Snakemake looks for modules in the folder of the
# Snakefile and in one of its own there; a script looks first where Snakemake has written it, which the variable ends.
os.environ.update(PYTHONSAFEPATH="1")
DATA_PLACES = [Path(place).resolve() for place in (".", workflow.basedir, ".snakemake")]
sys.path[:] = [
    place
    for place in sys.path
    if os.path.isabs(place)
    and Path(place).resolve() not in DATA_PLACES
    and DATA_PLACES[-1] not in Path(place).resolve().parents
]

try:
    from prismake import PACKAGE
    from prismake.common.errors import BuildStop
    from prismake.common.content import code_digest, content, params_digest
    from prismake.common.digests import Digests
    from prismake.common.kept import Kept, state_of_files, state_of_folders
    from prismake.common.machine import machine_fault
    from prismake.common.made import (
        age,
        begin_build,
        check_results,
        forget_records,
        mark_incomplete,
        noted,
        notes_digest,
        orphans,
        outdated,
        remove,
        remove_unnoted,
    )
    from prismake.common.places import RESULTS, SCHEMAS
    from prismake.common.step_logs import ELSEWHERE
    from prismake.common.step_starts import CAN_COPY, server_for, start_from
    from prismake.common.writing import remove_unfinished, write_text
    from prismake.review.figure_files import fonts_of
    from prismake.review import configuration as reviews
    from prismake.grade.columns import CELLS as GRADE_CELLS
    from prismake.review.appraisal_tables import appraisal_tables
    from prismake.review.kinds import checklists_of
    from prismake.review.journal import OWN_JOURNALS, find_journal
    from prismake.review.links import check_written_places
    from prismake.review.printed_tables import grade_tables, table_names
    from prismake.review.no_code import check_no_code
    from prismake.review.workbooks import CONSENSUS, missing_workbooks
except ModuleNotFoundError as missing:
    sys.exit(
        f"\nERROR the Python package '{missing.name}' is not installed in the environment that runs Snakemake.\n"
        "  -> activate the environment that Prismake is installed in, e.g. source .venv/bin/activate (in a checkout, "
        "`make` sets it up)\n"
    )

# Snakemake writes the interpreter into a shell command as it stands, so a blank in its path would end it there.
PYTHON = sys.executable
sys.executable = shlex.quote(PYTHON)

# Snakemake loads pandas to see whether a param is one of its tables, which none is: here, it is not installed.
sys.modules.setdefault("pandas", None)
# Its modules stay to the end, as does the graph that it now makes: the collector would look through them many times.
gc.freeze()
gc.set_threshold(100_000)

SCRIPTS = Path(workflow.current_basedir).parent / "scripts"


@contextlib.contextmanager
def stopping():
    """Ends the start with one message where the review is at fault, or the computer."""
    try:
        yield
    except BuildStop as problem:
        sys.exit(f"\nERROR {problem}\n")
    except (OSError, MemoryError) as problem:
        if fault := machine_fault(problem):
            sys.exit(f"\nERROR {fault}\n")
        raise


# Digests of all that the steps read, and what the start of a build works out, kept from build to build.
DIGESTS = Digests(Path(".snakemake/prismake/digests.json"))
KEPT = Kept(Path(".snakemake/prismake/kept.json"), state_of_folders(PACKAGE, SCRIPTS))

with stopping():
    check_no_code(Path("."))
    check_written_places()
    KEPT.value(
        "config.yaml",
        state_of_files(Path("config.yaml")),
        lambda: bool(reviews.load_config(Path("config.yaml"), SCHEMAS)),
    )
    reviews.check_writable(Path("."))


configfile: "config.yaml"


with stopping():
    MISSING = missing_workbooks(config)
    # Checked again, as settings may have come from the command line, and with every table that people write.
    config = reviews.checked(config, SCHEMAS, KEPT)

if workflow.storage_settings.default_storage_provider:
    sys.exit(
        "\nERROR the results of a review are files in its folder, and cannot be objects of a cloud storage\n"
        "  -> leave out --default-storage-provider; docs/clusters.md shows how to build on rented computers\n"
    )

# The processes of single jobs read this file too, and would each say it again.
if workflow.is_main_process:
    for issue in [
        *reviews.engine_issues(config),
        *reviews.unread_sheets(config),
        *MISSING,
    ]:
        print(f"WARNING {issue}", file=sys.stderr)

SEARCHES = reviews.searches_of(config)
EXPORTS = reviews.exports_of(SEARCHES)

if workflow.is_main_process:
    atexit.register(DIGESTS.keep)
    atexit.register(KEPT.keep)
    with stopping():
        # Where a build is running, its lock is there. Another, which Snakemake then refuses, touches none of its results:
        # what a step has just made has no note yet.
        locked = any(Path(".snakemake/locks").glob("*"))
        moving = not (workflow.output_settings.dryrun or locked)
        looking = moving or workflow.output_settings.dryrun
        # Now: the notes of results that a person deleted are still there, and those of a step that stopped are not.
        ORPHANS = orphans()
        for warning in check_results(DIGESTS.of, keep=moving) if looking else ():
            print(f"WARNING {warning}", file=sys.stderr)


wildcard_constraints:
    export="[a-z0-9][a-z0-9_-]*",
    shard="[0-9]+",
    kinds="[0-9]+",


def from_here(path):
    """A path of the workflow as seen from the review's folder, so that moving both together changes nothing."""
    return os.path.relpath(path)


@functools.cache
def made_of(script, inputs):
    """What a job of a script is made from, given its inputs; no file counts twice in a build (`Digests`)."""
    path = SCRIPTS / script
    code = KEPT.value(
        f"code of {script}",
        KEPT.engine,
        lambda: code_digest(path, DIGESTS, PACKAGE),
    )
    return content(code, inputs, DIGESTS, PACKAGE)


def content_of(step):
    """What each job of a rule is made from, as a param, a function of the wildcards alone, which Snakemake compares."""

    def compared(wildcards):
        inputs = (item(wildcards) if callable(item) else item for item in step.input)
        return made_of(Path(step.script).name, tuple(map(str, inputs)))

    return compared


def results_there():
    """Result -> its rule, its wildcards and whether it is a folder, for each result of a step that is there now."""
    there, export = {}, next(iter(EXPORTS))
    for step in workflow.rules:
        for output in step.output if step.script else ():
            # What shards hand on is no result.
            if not str(output).startswith(f"{RESULTS}/"):
                continue
            for path in Path().glob(re.sub("{.*?}", "*", str(output))):
                match = output.match(path.as_posix())
                # An export that the review no longer has may have left results.
                if match and match.groupdict().get("export", export) in EXPORTS:
                    there[path] = (
                        step,
                        tuple(match.groupdict().items()),
                        output.is_directory,
                    )
    return there


@functools.cache
def made_from(step, wildcards):
    """The digest of the params that the job of a rule has now."""
    values = SimpleNamespace(**dict(wildcards))
    return params_digest(
        item(values) if callable(item) else item for item in step.params
    )


def package_files(*patterns):
    """Files of the package that a step reads beside its modules (templates, filters, forms, fonts)."""
    files = sorted(
        from_here(file) for pattern in patterns for file in PACKAGE.glob(pattern)
    )
    if not files:
        raise ValueError(f"no file of the package matches {patterns}")
    return files


def schema(name):
    """The schema of a table that people write, as an input of the step that reads the table."""
    return from_here(SCHEMAS / f"{name}.schema.yaml")


def if_there(path):
    """The path as an input where the file is there, else nothing: for tables that a review may do without."""
    return str(path) if path and Path(path).is_file() else []


def list_if_there(path):
    """The same as a list, for steps that take several files."""
    return [path] if if_there(path) else []


def list_if_named(settings, key):
    """The file that a setting names, as a list: empty where the review does without it."""
    return [settings[key]] if key in settings else []


def written_by_people(sections, profiles):
    """What people wrote: the configuration, the tables, the prose, the journal's folders; no search exports."""
    exports = {Path(export["file"]) for export in EXPORTS.values()}
    journals = {Path(profile).parent for profile in profiles}
    written = [
        path
        for folder in ("data", sections)
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file() and not path.name.startswith(".") and path not in exports
    ]
    return [
        "config.yaml",
        *(
            path.as_posix()
            for path in written
            if OWN_JOURNALS not in path.parents or journals & set(path.parents)
        ),
    ]


def screening_files():
    """The exports of screening tools, and the tables of their numbers."""
    return [
        Path(source[key]).as_posix()
        for source in config["screening"]["sources"]
        for key in ("file", "records")
        if key in source
    ]


def own_fonts(manuscript):
    """The fonts that the review brings for scripts that Prismake's own lack; none without a manuscript."""
    return (
        [str(font) for font in fonts_of(Path(manuscript["sections"]))]
        if manuscript
        else []
    )


def profile_of(manuscript):
    """The profile of the journal, then those that it is based on; nothing without a manuscript."""
    files = find_journal(manuscript["journal"]).profile if manuscript else []
    return [from_here(file) for file in files]


def printed_tables():
    """The tables that the text can place, as the documents take them."""
    return [f"results/tables/{name}.json" for name in table_names(config)]


def supplement_tables():
    """The printed tables that stand in the supplement, in its order."""
    return [f"results/tables/{name}.json" for name in config["supplement"]["tables"]]


def own_drawings():
    """The authors' drawings whose text can be read."""
    return [str(path) for path in OWN_FIGURES if path.suffix in (".dot", ".gv", ".svg")]


def kept_table(name):
    """A table that authors keep for the audit, and its schema; nothing where the review has none."""
    path = list_if_there(MANUSCRIPT[name])
    return [*path, schema(name)] if path else []


def cell_expressions():
    """Table -> column -> the expression of its cells in config.yaml."""
    tables = dict(config["synthesis"]["tables"]) if "synthesis" in config else {}
    if "appraisal" in config:
        table = config["appraisal"]["table"]
        columns = [*table.get("columns", []), *table.get("last_columns", [])]
        tables |= {name: {"columns": columns} for name in appraisal_tables(config)}
    written = {
        name: {column["id"]: str(column["cell"]) for column in table["columns"]}
        for name, table in tables.items()
    }
    return written | dict.fromkeys(grade_tables(config), GRADE_CELLS)


def about_supplement(wildcards):
    """How the journal calls the supplement's tables and figures, and what decides which there are."""
    if "manuscript" not in config:
        return {}
    return {
        "labels": {
            "tables": PROFILE["tables"]["label"],
            "figures": PROFILE["figures"]["label"],
            "order": PROFILE["supplement"]["order"],
        },
        "strategies": STRATEGIES,
        "stage": config["screening"]["stages"][-1]["id"],
        "tables": config["supplement"]["tables"],
    }


def statistics(wildcards):
    """How the journal writes results of statistics; nothing without a manuscript."""
    return PROFILE["statistics"] if "manuscript" in config else {}


# The steps whose results SHA256SUMS covers, where the review has them.
SEALED = (
    *("collect_records", "deduplicate", "overlap", "exclude_appraised", "screen"),
    *("prepare_screening", "count_flow", "draw_flow", "draw_plots", "collect_studies"),
    *("tabulate", "appraise", "pool_effects", "count_directions", "rate_certainty"),
    *("pool", "take_in_figures", "render", "write_docx", "preflight", "write_pdf"),
    *("write_page_supplement", "write_html", "list_numbers", "audit", "audit_data"),
)


def results_to_seal():
    """Every result that SHA256SUMS covers."""
    there = {step.name for step in workflow.rules}
    outputs = [getattr(rules, step).output for step in SEALED if step in there]
    return [str(path) for output in outputs for path in output]


def leave_at_once():
    """Ends the timers that Snakemake's scheduler leaves behind; each would hold the finished build for a second."""
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.cancel()


def targets_made():
    """The files and folders that the build was asked for by name."""
    there = {step.name: step for step in workflow.rules}
    files = []
    for target in sorted(set(workflow.dag_settings.targets) - {"all", "final"}):
        step = there.get(target)
        items = [target] if step is None else step.output if step.script else step.input
        files += [
            Path(item)
            for item in map(str, items)
            if "{" not in item and Path(item).exists()
        ]
    return files


def tell_result():
    """Ends a build with the flow in one line, what to decide, and where what it made is."""
    from prismake.review.status import note_sources, status_of
    from prismake.review.summary import results_made, summary

    made = targets_made()
    # A build of a single result may end before the flow is counted.
    if not Path("results/flow.json").is_file():
        print("\n".join(["", *results_made(made)]), file=sys.stderr)
        return
    decisions = config["deduplication"].get("decisions", "a table of decisions")
    if not set(workflow.dag_settings.targets) - {"all", "final"}:
        note_sources(Path(), DIGESTS.used())
    status = status_of(Path(), config)
    print(summary(Path("results"), decisions, status, made), file=sys.stderr)
