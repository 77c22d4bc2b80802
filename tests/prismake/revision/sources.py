"""The sources of a manuscript of a few lines, as `prismake merge` reads them."""

from collections.abc import Mapping
from typing import Any

from prismake.manuscript.composing import Parts, compose, texts_in
from prismake.manuscript.model import Manuscript
from prismake.manuscript.parsing import parse
from prismake.manuscript.placing import Blocks
from prismake.manuscript.render import source_map
from prismake.manuscript.templates import Prose
from prismake.manuscript.tracing import Text
from prismake.revision.finding import Written, sources_of

METADATA = "metadata.yaml"


def written(
    sections: Mapping[str, str], values: Mapping[str, Any], metadata: Mapping[str, Any] | None = None
) -> Written:
    """The sources: sections by their files, values by name, and the metadata as data."""
    raw = metadata or {"title": "A title that no paragraph has"}
    figures = {name: {"file": f"{name}.png"} for name in raw.get("figures", {})}
    blocks = Blocks({}, figures)
    prose = Prose(values, blocks.functions())
    tracing = Prose(values, Blocks({}, figures).functions(), traced=True)

    def text(file: str, words: str, path: str = "") -> Text:
        return Text(file, words, prose.render(words, file), tracing.render(words, file), path)

    texts = {path: text(METADATA, words, path) for path, words in texts_in(raw)}
    parts = Parts("manuscript", [text(file, words) for file, words in sections.items()], METADATA, raw, texts)
    composed = compose(parts, blocks, [], {})
    places = (*composed.source.places, *composed.source.further)
    traced = source_map(parts, "", composed.lines)
    return sources_of(Manuscript("manuscript", {}, parse(composed.source), places, composed.values, traced))
