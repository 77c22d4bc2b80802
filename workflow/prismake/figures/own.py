"""The authors' own figures in the text: captions with lettered panels, files, and what each figure lacks."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Mapping
from typing import Any

from prismake.common.errors import Issue, nearest


def caption_of(entry: Mapping[str, Any]) -> str:
    """A figure's caption with its lettered panels: `Title. (**A**) text; (**B**) text.`"""
    caption: str = entry.get("caption", "").strip()
    panels = [panel.strip().rstrip(".;") for panel in entry.get("panels", [])]
    if not panels:
        return caption
    lettered = "; ".join(f"(**{chr(ord('A') + place)}**) {panel}" for place, panel in enumerate(panels))
    return f"{caption}{'' if caption[-1:] in '.?!' else '.'} {lettered}."


def alternative_of(entry: Mapping[str, Any], written: Mapping[str, Any]) -> str:
    """A figure's alternative text, which is plain: values came into it as Markdown, with their marks escaped."""
    text: str = entry.get("alt", "")
    return text if text == written.get("alt", "") else re.sub(r"\\([^\w\s]|_)", r"\1", text)


def files_by_name(own: Mapping[str, Mapping[str, Any]], beside: Iterable[str]) -> dict[str, str]:
    """{what a picture in the text may name: the file that was taken in}.

    Authors name a figure as seen from the section (`figures/x.png`), whose folder is one of `beside`, or from the
    review's folder.
    """
    files: dict[str, str] = {}
    for entry in own.values():
        source, file = entry["source"], entry["file"]
        files |= {name.removeprefix(f"{folder}/"): file for folder in beside for name in (source, file)}
        files |= {source: file, file: file}
    return files


def figure_faults(
    placed: list[str],
    own: Mapping[str, Mapping[str, Any]],
    drawn: Collection[str],
    captions: Mapping[str, Any],
    used: Container[str],
    metadata: str,
) -> list[Issue]:
    """Issues of figures: no caption, no alternative text, settings of a figure that is not there, files not used.

    `placed` are the figures in the text, `own` the authors' files, `drawn` those that the build makes.
    """
    issues = []
    for name in placed:
        entry, key = captions.get(name, {}), f"figures.{name}"
        if not entry.get("caption"):
            issues.append(Issue("no-caption", f"the figure '{name}' has no caption", metadata, f"add {key}.caption"))
        if name in own and not (entry.get("alt") or "").strip():
            message = f"the figure '{name}' has no alternative text for readers who cannot see it"
            issues.append(Issue("no-alt-text", message, metadata, f"describe it under {key}.alt"))
        if name not in own and entry.get("alt"):
            message = f"the alternative text of '{name}' is written from the records"
            issues.append(Issue("alt-text", message, metadata, f"remove {key}.alt"))
    for name in captions:
        if name not in own and name not in drawn:
            message = f"'{name}' is described, but the figure does not exist"
            issues.append(Issue("unknown-figure", message, metadata, nearest(name, sorted({*own, *drawn}))))
    for name, entry in own.items():
        if name not in placed and entry["file"] not in used:
            message = f"the figure '{name}' is not placed in the manuscript"
            fix = f'place it with {{{{ figure("{name}") }}}}, or remove the file'
            issues.append(Issue("unused-figure", message, entry["source"], fix, "warning"))
    return issues
