"""joins the records of all exports into one table, in the order of searches, files and positions."""

from typing import Any

from prismake.common.errors import Issue

IMPORT_COLUMNS = (
    "export",
    "search",
    "database",
    "kind",
    "file",
    "format",
    "encoding",
    "counted",
    "parsed",
    "rejected",
    "warnings",
)
REJECTED_COLUMNS = ("export", "file", "position", "line", "reason")


def check_hits(searches: list[dict[str, Any]], counted: dict[str, int]) -> list[Issue]:
    """Searches whose exports hold another number of records than the database reported, without an explanation."""
    issues = []
    for number, search in enumerate(searches, 1):
        hits, found = search.get("hits"), counted[search["id"]]
        if hits is not None and hits != found and not search.get("hits_explained"):
            issues.append(
                Issue(
                    "hits",
                    f"{search['database']} reported {hits} hits, but its exports hold {found} records",
                    f"config.yaml, searches[{number}] ('{search['id']}')",
                    "export the rest, correct 'hits', or say why they differ in 'hits_explained'",
                )
            )
    return issues
