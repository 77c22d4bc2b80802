"""The seal: SHA-256 of every result, so that two builds can be compared with one command."""

from collections.abc import Mapping
from pathlib import Path

from prismake.audit.findings import data_rules, issues_of
from prismake.common.digests import file_digest, files_in
from prismake.common.results.audit import FINDINGS
from prismake.common.steps import report_issues
from prismake.common.writing import write_text


def seal(
    *,
    results: list[Path],
    findings: list[Path],
    sums: Path,
    draft: bool,
    data_audited: bool,
    digests: Mapping[Path, str] | None = None,
) -> None:
    """Writes `SHA256SUMS` in the form that `sha256sum --check` reads, sorted by path, paths relative to its folder.

    A folder among the results stands for all files in it. Errors among the `findings` of the audit stop a build that is
    not a draft: raises BuildStop with them. With `data_audited` those of the data were shown before any prose.
    A file that `digests` names is not read again.
    """
    shown = data_rules(text_follows=False) if data_audited else ()
    for path in findings:
        report_issues(issues_of(FINDINGS.read(path)["findings"], draft=draft, shown=shown))
    here = sums.parent.resolve()
    files = {file.resolve().relative_to(here).as_posix(): file for path in results for file in files_in(path)}
    known = digests or {}
    lines = (f"{known.get(file) or file_digest(file)}  {name}\n" for name, file in sorted(files.items()))
    write_text(sums, "".join(lines))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(seal, globals()["snakemake"])
