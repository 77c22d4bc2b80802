from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.figures.flow_grid import MARGIN, PIXEL, WIDTH
from prismake.figures.flow_layout import arrange
from prismake.figures.flow_rows import make_rows, with_number
from prismake.figures.textwidth import NO_BREAK_SPACE, text_width, wrap

from tests.prismake.flow.conftest import PRISMA_STAGES, TEMPLATES, build_flow, template

FONT_SIZE = 9.0


def edges(shape):
    return (
        shape.x - shape.width / 2,
        shape.x + shape.width / 2,
        shape.y - shape.height / 2,
        shape.y + shape.height / 2,
    )


def check(picture):
    """No shape overlaps another or leaves the picture, every text fits its shape, every arrow is straight."""
    for first, other in combinations(picture.shapes, 2):
        left, right, low, high = edges(first)
        left2, right2, low2, high2 = edges(other)
        assert left >= right2 or left2 >= right or low >= high2 or low2 >= high, (first.name, other.name)
    for shape in picture.shapes:
        left, right, low, high = edges(shape)
        assert len(shape.counted) == (0 if shape.style in ("bar", "heading") else len(shape.lines))
        assert min(left, low) > -0.01
        assert right < picture.width + 0.01
        assert high < picture.height + 0.01
        along, across = (shape.height, shape.width) if shape.style == "bar" else (shape.width, shape.height)
        size = picture.font_size
        assert size >= 8
        assert all(text_width(line, size) <= along - picture.padding for line in shape.lines), shape.name
        assert len(shape.lines) * 1.2 * size < across, shape.name
    by_name = {shape.name: edges(shape) for shape in picture.shapes}
    for arrow in picture.arrows:
        for (x0, y0), (x1, y1) in pairwise(arrow.points):
            assert abs(x0 - x1) < 1e-6 or abs(y0 - y1) < 1e-6
            for shape in picture.shapes:
                if shape.name not in (arrow.source, arrow.target):
                    left, right, low, high = edges(shape)
                    beside = max(x0, x1) <= left or min(x0, x1) >= right
                    assert beside or max(y0, y1) <= low or min(y0, y1) >= high, (arrow, shape.name)
        for (x, y), name in ((arrow.points[0], arrow.source), (arrow.points[-1], arrow.target)):
            left, right, low, high = by_name[name]
            assert left - 0.01 <= x <= right + 0.01, name
            assert low - 0.01 <= y <= high + 0.01, name


@pytest.mark.parametrize("kind", ["flow", "draft_flow", "wide_flow"])
def test_nothing_overlaps_and_every_text_fits(kind, request):
    check(arrange(request.getfixturevalue(kind)))


@pytest.mark.parametrize(("updated", "other"), TEMPLATES)
@pytest.mark.parametrize("width_mm", [165.1, 174, 230])
def test_the_four_templates_at_any_width(updated, other, width_mm):
    width = width_mm / 25.4 * 72 - 2 * MARGIN
    picture = arrange(template(updated=updated, other=other), width)
    check(picture)
    assert picture.width == width
    names = {shape.name for shape in picture.shapes}
    assert ({"previous", "total", "heading.previous"} <= names) == updated
    assert ({"other.identified", "heading.other", "other.fulltext.assessed"} <= names) == other


@given(
    counts=st.lists(st.integers(0, 99999), min_size=1, max_size=10),
    label=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=120),
    stage_label=st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), min_size=1, max_size=200),
)
@settings(max_examples=40, deadline=None)
def test_any_label_and_number_fits(counts, label, stage_label):
    reasons = {f"r{number}": label for number in range(len(counts))}
    stages = [{"id": "one", "label": stage_label}, {"id": "two", "reasons": reasons}]
    flow = build_flow((3, 0), 1, [("two", "exclude", "r0", 1), ("one", "pending", "", 1)], stages=stages)
    for number, n in enumerate(counts):
        next(box for box in flow["boxes"] if box["id"] == f"two.excluded.r{number}")["n"] = n
    check(arrange(flow))


def test_it_prints_at_the_text_width_of_a_page_and_ends_with_a_whole_pixel(flow, wide_flow):
    for picture in map(arrange, (flow, wide_flow)):
        assert pytest.approx(6.5 * 72) == WIDTH + 2 * MARGIN
        pixels = (picture.height + 2 * MARGIN) / PIXEL
        assert pixels == pytest.approx(round(pixels))


def lines_of(entry):
    return [(item.level, item.text.replace(NO_BREAK_SPACE, " ")) for item in entry.items]


def test_what_the_boxes_say(flow):
    rows = make_rows(flow)
    assert [row.phase for row in rows] == ["identification", "screening", "screening", "screening", "included"]
    assert lines_of(rows[0].databases.main) == [
        (0, "Records identified from:"),
        (1, "Databases (n = 1,200)"),
        (2, "PubMed (n = 1,000)"),
        (2, "Embase (n = 200)"),
    ]
    assert lines_of(rows[0].databases.side[0]) == [
        (0, "Records removed before screening:"),
        (1, "Duplicate records removed (n = 160)"),
    ]
    # The rule that excluded nothing is not shown.
    assert lines_of(rows[1].databases.side[0]) == [
        (0, "Records excluded by title (n = 9)"),
        (1, "Editorial (n = 2)"),
        (1, "Narrative review (n = 7)"),
    ]
    assert lines_of(rows[-1].databases.main) == [
        (0, "Studies included in review (n = 9)"),
        (0, "Reports of included studies (n = 9)"),
    ]


def test_registers_stand_apart_and_reports_beside_studies(wide_flow):
    rows = make_rows(wide_flow)
    items = lines_of(rows[0].databases.main)
    assert items[1] == (1, "Databases (n = 40)")
    assert items[2] == (2, "PubMed (n = 5)")
    assert items[-2:] == [(1, "Registers (n = 5)"), (2, "ClinicalTrials.gov (n = 5)")]
    assert lines_of(rows[-1].databases.main) == [
        (0, "Studies included in review (n = 2)"),
        (0, "Reports of included studies (n = 3)"),
    ]


def test_the_words_of_prisma():
    rows = make_rows(template(updated=True, other=True))
    assert lines_of(rows[0].databases.side[0]) == [
        (0, "Records removed before screening:"),
        (1, "Duplicate records removed (n = 150)"),
        (1, "Records marked as ineligible by automation tools (n = 30)"),
        (2, "Before 1990 (n = 30)"),
        (1, "Records removed for other reasons (n = 2)"),
        (2, "Retracted (n = 2)"),
    ]
    assert lines_of(rows[0].other.main) == [
        (0, "Records identified from:"),
        (1, "Websites (n = 3)"),
        (2, "World Health Organization (n = 3)"),
        (1, "Citation searching (n = 5)"),
    ]
    assert rows[0].other.side == ()
    assert lines_of(rows[1].databases.side[0]) == [
        (0, "Records excluded (n = 650)"),
        (1, "By automation tools (n = 400)"),
        (2, "Classifier (n = 400)"),
        (1, "By a human (n = 250)"),
        (2, "Off topic (n = 250)"),
    ]
    assert rows[1].other is None
    assert lines_of(rows[2].other.main) == [(0, "Reports sought for retrieval (n = 8)")]
    assert lines_of(rows[2].databases.side[0]) == [(0, "Reports not retrieved (n = 8)")]
    assert lines_of(rows[-1].databases.main) == [
        (0, "Total studies included in review (n = 31)"),
        (0, "Reports of total included studies (n = 41)"),
    ]


def test_waiting_records_stand_dashed_beside_the_excluded(draft_flow):
    abstract = make_rows(draft_flow)[2]
    assert [(entry.name, entry.style) for entry in abstract.databases.side] == [
        ("abstract.excluded", "box"),
        ("abstract.pending", "pending"),
    ]


def test_a_record_that_waits_at_the_removal_stands_beside_what_was_removed():
    ends = [("sift", "pending", "", 2), ("fulltext", "include", "", 3)]
    picture = arrange(build_flow((5, 0), 0, ends, stages=PRISMA_STAGES))
    check(picture)
    (waiting,) = (shape for shape in picture.shapes if shape.name == "sift.pending")
    assert waiting.style == "pending"


def test_an_empty_heading_leaves_it_out(flow):
    without = arrange({**flow, "heading": ""})
    assert "heading" not in {shape.name for shape in without.shapes}
    assert without.height < arrange(flow).height


@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200), indent=st.integers(0, 8))
@settings(max_examples=100, deadline=None)
def test_wrapping_loses_nothing_and_fits(text, indent):
    lines = wrap(text, FONT_SIZE, 120, indent)
    assert "".join(lines).replace(NO_BREAK_SPACE, "").replace(" ", "") == text.replace(NO_BREAK_SPACE, "").replace(
        " ", ""
    )
    assert all(text_width(line, FONT_SIZE) <= 120 for line in lines)


def test_columns_are_as_wide_as_their_words_ask():
    picture = arrange(template(updated=True, other=True))
    lines = [line.strip(NO_BREAK_SPACE) for shape in picture.shapes for line in shape.lines]
    assert any(line.startswith("Organization") for line in lines)
    assert any(line.startswith("ClinicalTrials.gov") for line in lines)


def test_a_long_word_breaks_behind_a_mark():
    assert wrap("ClinicalTrials.gov", 8, 60, 0) == ["ClinicalTrials.", "gov"]
    assert wrap("Electroencephalographically-uninterpretable", 8, 110, 0)[0] == "Electroencephalographically-"


def test_a_number_is_never_torn_apart():
    lines = wrap(with_number("Full texts assessed for their eligibility", 1234), FONT_SIZE, 150)
    assert lines[-1].endswith("(n\u00a0=\u00a01,234)")
