"""Tables of the included studies, whole: a small one, and the example's against the facts that it ships."""

import json

import pytest
from prismake.common.blocks import table_block
from prismake.common.errors import BuildStop
from prismake.common.printed import Wording
from prismake.common.yaml_files import load_yaml
from prismake.ledger.studies import extraction_values
from scripts.tabulate import tabulate

from tests.ledgers import plain_of
from tests.places import PROJECT
from tests.settings import whole

from .review import cells, example_extraction

SMALL = {
    "caption": "Studies",
    "columns": [
        {"id": "study", "header": "Study", "cell": "name", "cite": True},
        {"id": "age", "header": "Age", "cell": "mean_sd(age, age_sd)"},
        {"id": "sex", "header": "Sex", "cell": "numbers({'women': women, 'men': men})"},
        {"id": "site", "header": "Site", "cell": "counts('sites')"},
        {"id": "drug", "header": "Drug", "cell": "codes('drug', drug)"},
    ],
}


def run(extraction, folder, tables, abbreviations, missing="NA", not_abbreviations=(), draft=False):
    paths = {kind: [folder / f"{name}.{kind}" for name in tables] for kind in ("csv", "json")}
    tabulate(
        extraction=extraction,
        wording=Wording(missing, list(not_abbreviations), [abbreviations]),
        cells=paths["csv"],
        tables=paths["json"],
        settings=whole(tables, "synthesis", "tables"),
        draft=draft,
    )
    return paths


def test_a_small_table(review, tmp_path):
    review.collect()
    paths = run(review.extraction, tmp_path, {"small": SMALL}, review.path("abbreviations"))
    assert paths["csv"][0].read_text() == (
        "study_id,study,age,sex,site,drug\n"
        'alpha2001,Alpha et al,50.0 ± 2.50,4 women / 6 men,"Hand (7), foot (3)",AA\n'
        "gamma2002,Gamma et al,NA,NA,Hand–knee,AA/BB\n"
        "beta2003,Beta & Co,81,women,Hand,BB\n"
    )
    table = json.loads(paths["json"][0].read_text())
    assert table["rows"][2][0] == r"Beta \& Co [@beta2003]"
    assert table["abbreviations"] == [["AA", "drug A"], ["BB", "drug B"], ["NA", "not available"]]


def test_a_table_may_have_a_word_of_its_own_for_what_is_missing(review, tmp_path):
    review.collect()
    own = {**SMALL, "missing": "Not extracted"}
    paths = run(review.extraction, tmp_path, {"one": SMALL, "own": own}, review.path("abbreviations"))
    one, other = (path.read_text().splitlines()[2] for path in paths["csv"])
    assert other == one.replace("NA", "Not extracted") != one


def test_a_fault_in_the_last_table_leaves_none_behind(review, tmp_path):
    review.collect()
    wrong = {**SMALL, "columns": [{"id": "x", "header": "X", "cell": "nothing"}]}
    with pytest.raises(BuildStop, match="table 'wrong', column 'x'"):
        run(review.extraction, tmp_path, {"small": SMALL, "wrong": wrong}, review.path("abbreviations"))
    assert not (tmp_path / "small.csv").exists()


def test_without_an_included_study_a_draft_has_a_marked_row_and_a_final_build_stops(review, tmp_path, caplog):
    text = review.path("screening").read_text().replace(",include", ",exclude")
    review.path("screening").write_text(text)
    review.collect()
    with pytest.raises(BuildStop, match="no study is included"):
        run(review.extraction, tmp_path, {"small": SMALL}, review.path("abbreviations"))
    paths = run(review.extraction, tmp_path, {"small": SMALL}, review.path("abbreviations"), draft=True)
    assert "no study is included, so the tables have a placeholder" in caplog.text
    assert paths["csv"][0].read_text() == ("study_id,study,age,sex,site,drug\n")
    assert "| **\\[To write: the rows of this table" in table_block(json.loads(paths["json"][0].read_text()))


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    if "synthesis" not in load_yaml(PROJECT / "config.yaml"):
        pytest.skip("config.yaml has no synthesis block")
    folder = tmp_path_factory.mktemp("example")
    config, data = example_extraction(folder)
    tables = config["synthesis"]["tables"]
    paths = run(
        folder / "studies.json",
        folder,
        tables,
        PROJECT / config["abbreviations"],
        config["synthesis"]["missing"],
        config["synthesis"]["not_abbreviations"],
    )
    return config, data, {name: cells(path) for name, path in zip(tables, paths["csv"], strict=True)}


def test_the_examples_pooled_figures(example):
    config, data, _ = example
    pooled = plain_of(extraction_values(data, config["synthesis"]))["pooled"]
    assert [pooled[name]["value"] for name in ("patients", "men", "women")] == [93, 43, 50]
    # By hand: (72 + 5·74.4 + 5·74.4 + 85 + 3·81.7 + 12·72.67 + 82 + 72 + 64·66.1) / 93
    assert pooled["age"]["value"] == pytest.approx(6402.54 / 93)
    assert (pooled["age"]["n"], pooled["age"]["n_studies"]) == (93, 9)
    # (5·85.6 + 5·107 + 3·60.7 + 12·65.50 + 64·91.9) / 89 and (4 + 3·1 + 12·5.25 + 3 + 1 + 64·6.0) / 82
    assert pooled["operation_time"]["value"] == pytest.approx(7812.7 / 89)
    assert pooled["hospital_stay"]["value"] == pytest.approx(458 / 82)


def squeezed(text: str) -> str:
    """A cell without what its layout adds: blanks, commas, slashes, semicolons, kinds of dashes, case."""
    return "".join(char for char in text.replace("–", "-").casefold() if char not in " ,/;")


def test_the_examples_tables_say_what_the_facts_say(example, shared):
    _, _, printed = example
    facts = cells(shared / "facts" / "table1_characteristics.csv")
    for fact, row in zip(facts, printed["characteristics"], strict=True):
        values = {
            "age": fact["age_years"],
            "operation_time": fact["operation_time_min"],
            "hospital_stay": fact["hospital_stay_days"],
        }
        values |= {name: fact[name] for name in ("journal", "country", "study_type", "cases", "sex", "level")}
        values |= {"study": fact["first_author"], "year": fact["publication_year"]}
        assert {name: squeezed(row[name]) for name in values} == {name: squeezed(text) for name, text in values.items()}


def test_the_examples_technique_says_what_the_facts_say(example, shared):
    _, _, printed = example
    for fact, row in zip(cells(shared / "facts" / "table2_technique.csv"), printed["technique"], strict=True):
        values = {name: fact[name] for name in ("level", "procedure", "access", "anesthesia", "key_points")}
        values |= {"study": fact["first_author"], "outcome": fact["outcome_summary"]}
        if " epidural" not in fact["etiology"]:
            values["etiology"] = fact["etiology"]
        assert {name: squeezed(row[name]) for name in values} == {name: squeezed(text) for name, text in values.items()}
    assert printed["technique"][5]["etiology"] == "Epidural leakage (7); Foraminal leakage (5)"
