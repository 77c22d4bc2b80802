import json

import pytest
from prismake.common.errors import BuildStop
from scripts.bibliography import bibliography

SOUND = """@article{smith2020,
  author = {Smith, Jane and others},
  title = {On {PMMA}},
  journal = {J Test},
  year = {2020},
  pages = {E1--E9},
}
"""


def stopped(tmp_path, text):
    source = tmp_path / "references.bib"
    source.write_text(text)
    with pytest.raises(BuildStop) as caught:
        bibliography(source=source, references=tmp_path / "out.json")
    assert not (tmp_path / "out.json").exists()
    return str(caught.value)


def test_sound_entries_become_csl_json(tmp_path):
    (tmp_path / "references.bib").write_text(SOUND)
    bibliography(source=tmp_path / "references.bib", references=tmp_path / "out.json")
    items = json.loads((tmp_path / "out.json").read_text())
    assert items[0]["id"] == "smith2020" and items[0]["container-title"] == "J Test"


def test_a_key_twice_is_told_with_its_line(tmp_path):
    assert "references.bib:9: the key 'smith2020' stands twice" in stopped(tmp_path, SOUND + "\n" + SOUND)


def test_braces_that_do_not_close_are_told_once_with_the_entry(tmp_path, caplog):
    told = stopped(tmp_path, SOUND.replace("{On", "{{On") + SOUND.replace("smith", "wu"))
    assert "references.bib:1: the entry that begins here cannot be read" in told and "braces" in told
    assert not caplog.records


def test_missing_fields_are_told_by_entry(tmp_path):
    text = stopped(tmp_path, "@article{a,\n title={T},\n year={},\n}\n")
    assert "'a' has no author" in text and "'a' has no journal" in text and "'a' has no year" in text


@pytest.mark.parametrize("text", ["@article{a, title={T", "nothing here", "@article{, title={T}}"])
def test_what_cannot_be_read_stops(tmp_path, text):
    assert "references.bib" in stopped(tmp_path, text)


def test_a_field_that_swells_is_told_and_no_file_is_read(tmp_path):
    swelling = '@string{a0 = "aaaaaaaaaa"}\n' + "".join(
        f"@string{{a{n} = {' # '.join([f'a{n - 1}'] * 10)}}}\n" for n in range(1, 12)
    )
    assert "references.bib" in stopped(
        tmp_path, swelling + "@article{a, author={A}, title=a11, journal={J}, year={2020}}"
    )
    (tmp_path / "secret.tex").write_text("secret words")
    (tmp_path / "references.bib").write_text(SOUND.replace("On ", rf"On \input{{{tmp_path}/secret.tex}} "))
    bibliography(source=tmp_path / "references.bib", references=tmp_path / "out.json")
    assert "secret" not in (tmp_path / "out.json").read_text()


def items_of(tmp_path, text):
    (tmp_path / "references.bib").write_text(text)
    bibliography(source=tmp_path / "references.bib", references=tmp_path / "out.json")
    return json.loads((tmp_path / "out.json").read_text())


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Levels of CO$_2$ and $\\alpha$-synuclein", "Levels of CO<sub>2</sub> and α-synuclein"),
        ("{$x^{2}$} of {NO$_3^-$}", "x<sup>2</sup> of NO<sub>3</sub><sup>−</sup>"),
        ("From US\\$5 to \\$10 or \\$x", "From US$5 to $10 or $x"),
    ],
)
def test_equations_of_titles_become_text(tmp_path, title, expected):
    (item,) = items_of(tmp_path, SOUND.replace("On {PMMA}", title))
    assert item["title"].replace('<span class="nocase">', "").replace("</span>", "") == expected


def test_an_equation_that_text_cannot_show_stops_with_its_line(tmp_path):
    told = stopped(tmp_path, SOUND.replace("On {PMMA}", "{On $\\frac{1$ of it}"))
    assert "references.bib:3: the equation" in told or "references.bib:1: the entry" in told


@pytest.mark.parametrize(("year", "literal"), [("in press", "In press"), ("forthcoming", "Forthcoming")])
def test_a_year_that_is_no_date_is_kept_in_words(tmp_path, year, literal):
    (item,) = items_of(tmp_path, SOUND.replace("{2020}", f"{{{year}}}"))
    assert item["issued"] == {"literal": literal}
    assert item["status"] == year


def test_a_date_is_no_status(tmp_path):
    (item,) = items_of(tmp_path, SOUND)
    assert item["issued"] == {"date-parts": [[2020]]} and "status" not in item
