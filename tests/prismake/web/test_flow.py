"""The flow figure with links: each line that counts records leads to their list."""

import pytest
from prismake.common.errors import BuildStop
from prismake.figures.flow import draw_svg
from prismake.figures.flow_grid import WIDTH
from prismake.figures.flow_layout import arrange
from prismake.web.flow import live
from prismake.web.labels import labels_of

from tests.prismake.flow.conftest import TEMPLATES, template


@pytest.mark.parametrize("kind", TEMPLATES)
def test_every_line_with_a_number_is_a_link_to_its_own_box(kind):
    updated, other = kind
    flow = template(updated=updated, other=other)
    picture = live(draw_svg(arrange(flow), "Words").encode(), flow, WIDTH)
    boxes = {box["id"]: box for box in flow["boxes"]}
    linked = [(link.get("href").removeprefix("#box/"), "".join(link.itertext())) for link in picture.iter("a")]
    assert linked
    # One after the other as the boxes are, for a reader of the screen and the Tab key.
    shapes = [shape.findall("a") for shape in picture.iter("g") if shape.find("a") is not None]
    places = [min(list(boxes).index(link.get("href").removeprefix("#box/")) for link in own) for own in shapes]
    assert places == sorted(places)
    for link in picture.iter("a"):
        assert link.get("aria-label").split() == " ".join("".join(line.itertext()) for line in link).split()
    for name, line in linked:
        numbers = {
            f"(n\u00a0=\u00a0{boxes[name].get(key):,})" for key in ("n", "studies", "reports") if key in boxes[name]
        }
        assert "n\u00a0=" not in line or any(line.endswith(number) for number in numbers), (name, line)
    shown = {box["id"] for box in flow["boxes"] if box.get("shown", True) and box.get("records")}
    assert shown - {"identified", "other.identified"} <= {name for name, _ in linked}
    assert all(name.get("id", "flow-").startswith("flow-") for name in picture.iter("*"))


def test_a_figure_of_another_flow_is_refused():
    flow = template(updated=False, other=False)
    drawn = draw_svg(arrange(flow), "Words").encode()
    other = {**flow, "boxes": [box for box in flow["boxes"] if box["role"] != "reason"]}
    with pytest.raises(BuildStop, match="not drawn from this flow"):
        live(drawn, other, WIDTH)


def test_a_label_of_several_lines_is_one_link():
    flow = template(updated=False, other=False)
    reason = next(box for box in flow["boxes"] if box["role"] == "reason")
    reason["label"] = "Not about the surgery of the spine after an augmentation of a vertebra with cement or a balloon"
    picture = live(draw_svg(arrange(flow), "Words").encode(), flow, WIDTH)
    (link,) = (one for one in picture.iter("a") if one.get("href") == f"#box/{reason['id']}")
    assert len(link.findall("text")) > 1 and link.get("aria-label").startswith(reason["label"])


def test_boxes_with_one_label_are_told_apart_in_lists():
    boxes = [
        {"id": "identified", "label": "Records identified from:", "column": "databases"},
        {"id": "other.identified", "label": "Records identified from:", "column": "other"},
        {"id": "title.excluded", "label": "By title", "column": "databases"},
        {"id": "title.excluded.x", "label": "Letter", "column": "databases", "parent": "title.excluded"},
        {"id": "abstract.excluded", "label": "By abstract", "column": "databases"},
        {"id": "abstract.excluded.x", "label": "Letter", "column": "databases", "parent": "abstract.excluded"},
        {"id": "included", "label": "Included"},
    ]
    assert list(labels_of(boxes).values()) == [
        "Records identified from (databases and registers)",
        "Records identified from (other methods)",
        "By title",
        "Letter (By title)",
        "By abstract",
        "Letter (By abstract)",
        "Included",
    ]
