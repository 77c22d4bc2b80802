"""The step that draws the plots: which files and entries it writes, and what a draft does without."""

import json

import pytest
from prismake.common.errors import BuildStop
from prismake.common.places import FONTS, SCHEMAS
from prismake.synthesis.pooling.analysing import analyse_all
from scripts import draw_plots as step

from tests.places import JOURNALS
from tests.prismake.synthesis.pooling.extractions import bcg, settings

FORMS = ("svg", "png", "pdf", "tiff")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """The BCG trials, pooled."""
    folder = tmp_path_factory.mktemp("results")
    extraction, meta = folder / "studies.json", folder / "meta.json"
    extraction.write_text(json.dumps(bcg()), encoding="utf-8")
    about = settings(measure="RR", arm="treated", versus="control", better="lower")
    meta.write_text(json.dumps(analyse_all(bcg(), about, draft=False)[0]), encoding="utf-8")
    return step.Results(extraction, [meta], [], [])


@pytest.fixture
def drawn(results, tmp_path, monkeypatch):
    """Runs the step without its slow part, the other forms of a drawing; what results/plots.json says."""
    made = {form: form.encode() for form in FORMS[1:]}
    monkeypatch.setattr(step, "make_forms", lambda *_, **__: made)

    def run(*names, draft=False):
        step.draw_plots(
            results=results,
            fonts=sorted(FONTS.glob("*.ttf")),
            profile=JOURNALS / "plos-one" / "profile.yaml",
            schema=SCHEMAS / "journal.schema.yaml",
            about=tmp_path / "plots.json",
            folder=tmp_path / "plots",
            names=list(names),
            synthesis={"label": "label", "year": "year", "beside": "all"},
            draft=draft,
        )
        return json.loads((tmp_path / "plots.json").read_text(encoding="utf-8"))

    return run


def test_a_plot_is_written_in_every_form_with_its_alternative_text_and_notes(drawn, tmp_path):
    (entry,) = drawn("forest_death")
    assert {file.name for file in (tmp_path / "plots").iterdir()} == {f"forest_death.{form}" for form in FORMS}
    assert (entry["id"], entry["part"], entry["parts"], entry["pending"]) == ("forest_death", 1, 1, False)
    assert "Risk ratio 0.49, 95% CI 0.34 to 0.70" in entry["alt"]
    assert entry["notes"][0].startswith("Squares, effects of single studies")


def test_a_plot_that_the_data_do_not_allow_stops_and_a_draft_has_a_placeholder(drawn, tmp_path, caplog):
    with pytest.raises(BuildStop) as stopped:
        drawn("forest_death", "bubble_death", "forest_pain")
    assert [issue.where for issue in stopped.value.issues] == ["the plot 'bubble_death'", "the plot 'forest_pain'"]
    assert not (tmp_path / "plots.json").exists()
    entries = drawn("forest_death", "bubble_death", draft=True)
    assert [entry["pending"] for entry in entries] == [False, True]
    assert "the analysis has no moderator" in (tmp_path / "plots" / "bubble_death.svg").read_text(encoding="utf-8")
    assert "the analysis has no moderator" in caplog.text
