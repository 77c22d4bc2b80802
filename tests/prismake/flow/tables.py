"""The functions of the flow for records that a test gives as rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from prismake.common.cluster_map import ClusterMap
from prismake.flow import boxes, clusters, conservation
from prismake.flow.boxes import Box
from prismake.flow.clusters import COLUMNS, Clusters

Row = Mapping[str, str]
Settings = Sequence[Mapping[str, Any]]


def table_of(rows: Sequence[Row], columns: Sequence[str]) -> pa.Table:
    """Rows as a table of texts."""
    return pa.Table.from_pylist(
        [{name: row.get(name) for name in columns} for row in rows],
        pa.schema([(name, pa.string()) for name in columns]),
    )


def imported(records: Sequence[Row]) -> pa.Table:
    return table_of(records, ("record_id", "search", "kind"))


def outcomes(rows: Sequence[Row]) -> pa.Table:
    return table_of(rows, ("record_id", "stage", "decision", "reason"))


def make_clusters(records: Sequence[Row], cluster_of: Mapping[str, str], searches: Settings) -> Clusters:
    return clusters.make_clusters(imported(records), ClusterMap.of(cluster_of), searches)


def make_boxes(
    records: Sequence[Row], known: Clusters, screening: Sequence[Row], stages: Settings, *settings: Any, **more: Any
) -> list[Box]:
    made = boxes.Outcomes(outcomes(screening), known)
    return boxes.make_boxes(imported(records), made, stages, *settings, **more)


def check_flow(
    made: Sequence[Box], records: Sequence[Row], known: Clusters, trail: Sequence[Row], stages: Settings
) -> None:
    searches = list(dict.fromkeys(record["search"] for record in records))
    conservation.check_flow(made, known, outcomes(trail), stages, searches)


def columns_of(known: Clusters) -> dict[str, str]:
    """Each record's column of the figure."""
    return {name: COLUMNS[column] for name, column in zip(known, known.column.tolist(), strict=True)}


def survivors_of(known: Clusters) -> dict[str, str]:
    """The records that stand for clusters, each with the survivor."""
    names = list(known)
    return {stands: names[known.survivor[names.index(stands)]] for stands in known.values()}
