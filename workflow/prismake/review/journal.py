"""A journal as data: the profile that says how its manuscripts look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.common.based_on import KEY, chain, checked
from prismake.common.defaults import with_defaults
from prismake.common.errors import nearest, stop
from prismake.common.places import JOURNALS
from prismake.common.yaml_files import house_yaml

POINTS_PER_MM = 72 / 25.4
# Width and height in millimetres.
PAPERS = {"a4": (210.0, 297.0), "us-letter": (215.9, 279.4)}

# Where a review keeps journals of its own; one there stands before the engine's of the same name.
OWN_JOURNALS = Path("manuscript/journals")
PROFILE, STYLE = "profile.yaml", "references.csl"

# The file of a profile, or it and those that it is based on.
ProfileFiles = Path | Sequence[Path]


@dataclass(frozen=True)
class Journal:
    """A journal as files: its profile, after it those that it is based on, and the style of its references."""

    id: str
    profile: tuple[Path, ...]
    style: Path


def journals_in(shelf: Path) -> dict[str, Path]:
    """Id of a journal -> its profile, of those in a folder of journals."""
    return {profile.parent.name: profile for profile in sorted(shelf.glob(f"*/{PROFILE}"))}


def find_journal(name: str, shelf: Path = OWN_JOURNALS) -> Journal:
    """The journal called `name`: in the review's `shelf`, else the engine's.

    A profile with `based_on` takes over what it does not say, and the style where it has none beside it. Raises
    BuildStop where there is no such journal or base, or no style.
    """
    own, engine = journals_in(shelf), journals_in(JOURNALS)
    if name not in {**engine, **own}:
        near = nearest(name, [*{**engine, **own}])
        fix = f"{near}{' A' if near.endswith('?') else '; a'} journal of your own goes into {shelf.as_posix()}/{name}/"
        raise stop("no-journal", f"there is no journal '{name}'", fix=fix)
    files = chain(own.get(name) or engine[name], own, engine)
    styles = [style for file in files if (style := file.with_name(STYLE)).is_file()]
    if not styles:
        fix = f"put it there, or name a journal that has one: {KEY}: ID in {files[-1].as_posix()}"
        missing = files[0].with_name(STYLE).as_posix()
        raise stop("missing-file", f"the file '{missing}' does not exist", fix=fix)
    return Journal(name, tuple(files), styles[0])


@dataclass(frozen=True)
class Page:
    """The sheet of a manuscript; all lengths in points."""

    width: float
    height: float
    margin: float

    @property
    def text_width(self) -> float:
        """Width of the text on a portrait page."""
        return self.width - 2 * self.margin

    @property
    def text_height(self) -> float:
        """Height of the text on a portrait page; a landscape page's text is as wide."""
        return self.height - 2 * self.margin


def read_profile(profile: ProfileFiles, schema: Path) -> dict[str, Any]:
    """The profile of a journal with what it is based on, checked against its schema, with the schema's defaults.

    Raises BuildStop with every fault, named by the file of the journal itself.
    """
    files = [profile] if isinstance(profile, Path) else profile
    whole: dict[str, Any] = with_defaults(checked(files, schema), house_yaml(schema))
    return whole


def page_of(profile: dict[str, Any]) -> Page:
    """The journal's sheet."""
    width, height = PAPERS[profile["page"]["size"]]
    return Page(width * POINTS_PER_MM, height * POINTS_PER_MM, float(profile["page"]["margin_mm"]) * POINTS_PER_MM)
