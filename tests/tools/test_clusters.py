"""The page about clusters: what it says of memory, of the profiles and of the manifest is so."""

import re
from pathlib import Path

import yaml
from prismake.review import allocation
from prismake.review.allocation import MEMORY, MEMORY_PER_MB, MINUTES, memory
from prismake.review.skeleton import PROFILES

from tests.places import PROJECT

PAGE = (PROJECT / "docs/clusters.md").read_text(encoding="utf-8")
# Of the export that the table is about.
SIZE = 231
ROW = re.compile(r"^\| `(?P<step>\w+)` \| (?P<took>[\d,]+) \| (?P<asks>[\d,]+) \|$", re.MULTILINE)
# Measured in reviews that are larger, and a step that reads what another has counted.
ELSEWHERE = {"read_shard", "pair_records", "compare_shard", "deduplicate_shards", "complete"}


def number(text: str) -> int:
    return int(text.replace(",", ""))


def test_the_table_has_what_the_steps_ask_for_and_none_took_more():
    rows = {row["step"]: (number(row["took"]), number(row["asks"])) for row in ROW.finditer(PAGE)}
    assert set(rows) == set(MEMORY_PER_MB) - ELSEWHERE
    for step, (took, asks) in rows.items():
        assert asks == memory(step, SIZE), step
        assert took < asks, step


def test_the_bounds_in_the_text_are_those_of_the_code():
    assert f"asks for at least {MEMORY:,} MB and {MINUTES} minutes" in PAGE
    assert f"among up to {allocation.MOST} processors, one for each {allocation.SHARE} MB" in PAGE
    assert f"Above {allocation.SHARD:,} MB of exports" in PAGE
    assert allocation.DECISIONS == 10 and "whose size counts ten times" in PAGE


def test_the_profiles_that_it_names_are_those_that_there_are():
    named = {f"{name}/config.yaml" for name in re.findall(r"profiles/\w+", PAGE)}
    assert named == {*PROFILES, "profiles/kubernetes/config.yaml"}


def test_the_manifest_is_a_job_that_builds_with_what_it_was_given():
    block = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert block
    manifest = yaml.safe_load(block[1])
    (container,) = manifest["spec"]["template"]["spec"]["containers"]
    assert container["command"][1:3] == ["--cores", container["resources"]["limits"]["cpu"]]
    assert Path(container["workingDir"]).is_relative_to(container["volumeMounts"][0]["mountPath"])
