"""Prismake: from search exports to a journal's manuscript. The DAG at a glance; each stage is a file in workflow/rules/."""

from snakemake.utils import min_version

min_version("9.10")


include: "workflow/rules/common.smk"
include: "workflow/rules/resources.smk"
include: "workflow/rules/import.smk"
include: "workflow/rules/dedup.smk"
include: "workflow/rules/screening.smk"
include: "workflow/rules/flow.smk"


if "synthesis" in config:

    include: "workflow/rules/synthesis.smk"


if "appraisal" in config:

    include: "workflow/rules/appraisal.smk"


if "synthesis" in config:

    include: "workflow/rules/meta_analysis.smk"


if "synthesis" in config or "manuscript" in config:

    include: "workflow/rules/values.smk"


if "manuscript" in config:

    include: "workflow/rules/plots.smk"
    include: "workflow/rules/manuscript.smk"
    include: "workflow/rules/document.smk"
    include: "workflow/rules/web.smk"
    include: "workflow/rules/variants.smk"
    include: "workflow/rules/audit.smk"


if "synthesis" in config:

    include: "workflow/rules/audit_data.smk"


include: "workflow/rules/submission.smk"
include: "workflow/rules/content.smk"


report: "workflow/report/review.rst"


localrules:
    all,
    final,


rule all:
    """The manuscript as DOCX, PDF and page for a browser with all its numbers; the default"""
    default_target: True
    input:
        rules.seal.output.sums,
        results_to_seal(),


rule final:
    """The same as all, but a draft is refused"""
    input:
        rules.complete.output.complete,
        rules.all.input,


onstart:
    jobs = list(workflow.dag.needrun_jobs())
    load_for_steps({job.rule.name for job in jobs})
    expect_jobs(jobs)
    begin_build()
    if workflow.non_local_exec:
        os.environ[ELSEWHERE] = "1"


onsuccess:
    tell_result()
    leave_at_once()


onerror:
    leave_at_once()
