"""Resources: what each step asks of a cluster, from the size of what people brought."""

from prismake.review import allocation, pace

# The size of each export, and of the whole review.
SIZES = {
    name: allocation.megabytes([Path(export["file"])])
    for name, export in EXPORTS.items()
}
SIZE = allocation.size_of_review(
    [Path(export["file"]) for export in EXPORTS.values()],
    [
        Path(table)
        for table in (
            *screening_files(),
            config["screening"].get("decisions"),
            config["screening"].get("consensus"),
        )
        if table
    ],
)


def job_need(step, amount):
    """How much a job of a step needs, as a function of its wildcards: `amount` gives it for a step and a size."""

    def need(wildcards, attempt):
        size = SIZE / SHARDS if "shard" in wildcards.keys() else SIZE
        joins = step == "deduplicate" and SHARDS > 1
        name = "deduplicate_shards" if joins else step
        return amount(name, SIZES.get(wildcards.get("export"), size), attempt)

    return need


def expect_jobs(jobs):
    """Tells the output of the build how long its jobs take against each other."""
    pace.EXPECTED.update(
        {
            job.jobid: job_need(job.rule.name, pace.seconds)(job.wildcards, 1)
            / (SHARDS if "kinds" in job.wildcards.keys() else 1)
            for job in jobs
            if job.rule.script
        }
    )


def state_resources(step):
    """States memory and time of a rule. What a person states with `set-resources` comes first."""
    step.resources.update(
        {
            "mem_mb": job_need(step.name, allocation.memory),
            "runtime": job_need(step.name, allocation.minutes),
        }
    )
    stated = workflow.resource_settings.overwrite_resources
    step.resources.update(stated.get(step.name, {}))
