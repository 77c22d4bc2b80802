"""Content decides what runs again: the digests of a step's code and sources are a param of its rule. Included last."""

for step in workflow.rules:
    if step.script:
        step.set_params(content_of(step))
        state_resources(step)

# The state of the results after the last build that left nothing outdated.
STATE = Path(".snakemake/prismake/state")


def outdated_results():
    """The results that are not made from what their jobs would now read."""
    return outdated(
        {path: made_from(*job) for path, (*job, _) in results_there().items()}
    )


def left_over(there):
    """The results that no step of the review makes any more, in folders that steps of it write to.

    Such are the variants of another journal, a table that was taken out of the settings, what an export became.
    """
    folders = {
        Path(str(output)).parent for step in workflow.rules for output in step.output
    }
    return [
        output for output in noted() if output not in there and output.parent in folders
    ]


def keep_state():
    """Stores the state of the results beside the records of Snakemake, which then belong to them."""
    with contextlib.suppress(OSError):
        if not outdated_results():
            write_text(STATE, notes_digest())


if workflow.is_main_process and looking:
    with stopping():
        there = results_there()
        folders = {path: folder for path, (*_, folder) in there.items()}
        if moving:
            remove_unfinished(RESULTS)
            # What shards handed on before a build was killed: its records may have changed.
            shutil.rmtree(SHARD_FOLDER, ignore_errors=True)
        warnings, stale = remove_unnoted(folders, keep=moving), outdated_results()
        warnings += remove(left_over(there), keep=moving)
        age(stale, there.keys() - set(stale))
        if moving:
            mark_incomplete(ORPHANS)
        # Snakemake's records may be of other results, as in a `.snakemake/` that was put back, and call these up to date.
        if not (STATE.is_file() and STATE.read_bytes() == notes_digest().encode()):
            if moving:
                forget_records(stale)
            else:
                warnings += remove(stale, keep=False)
        for warning in warnings:
            print(f"WARNING {warning}", file=sys.stderr)
        if moving:
            atexit.register(keep_state)


@functools.cache
def server_of_steps():
    """The process that the steps of this build are copies of, which starts at once."""
    server = server_for(PYTHON)
    start_from(server)
    return server


def load_for_steps(names):
    """Has that process load what the steps of some rules import, where the build runs on this machine alone."""
    if not workflow.local_exec and server_of_steps.cache_info().currsize:
        server_of_steps().stop()
    elif workflow.is_main_process and workflow.local_exec and CAN_COPY and moving:
        # Where there is no room for it, Snakemake starts the steps.
        with contextlib.suppress(OSError):
            server_of_steps().load(
                SCRIPTS / Path(step.script).name
                for step in workflow.rules
                if step.script and step.name in names
            )


# While Snakemake works out what to do. What else there is to do is known when the build starts.
if workflow.is_main_process and moving and not there:
    load_for_steps(SEALED)
elif workflow.is_main_process and moving and stale:
    load_for_steps([there[path][0].name for path in stale])
