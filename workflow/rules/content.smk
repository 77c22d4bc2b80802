"""Content decides what runs again: the digests of a step's code and sources are a param of its rule. Included last."""

for step in workflow.rules:
    if step.script:
        step.set_params(content_of(step))

if workflow.is_main_process:
    with stopping():
        there = results_there()
        folders = {path: folder for path, (*_, folder) in there.items()}
        moving = not workflow.output_settings.dryrun
        for warning in remove_unnoted(folders, keep=moving):
            print(f"WARNING {warning}", file=sys.stderr)
        age_outdated({path: made_from(*job) for path, (*job, _) in there.items()})
