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


def test_a_key_twice_is_reported_with_its_line(tmp_path):
    assert "references.bib:9: the key 'smith2020' occurs twice" in stopped(tmp_path, SOUND + "\n" + SOUND)


def test_braces_that_do_not_close_are_reported_once_with_the_entry(tmp_path, caplog):
    message = stopped(tmp_path, SOUND.replace("{On", "{{On") + SOUND.replace("smith", "wu"))
    assert "references.bib:1: the entry that begins here cannot be read" in message and "braces" in message
    assert not caplog.records


def test_missing_fields_are_reported_by_entry(tmp_path):
    text = stopped(tmp_path, "@article{a,\n title={T},\n year={},\n}\n")
    assert "'a' has no journal" in text and "'a' has no year" in text


@pytest.mark.parametrize("text", ["@article{a, title={T", "nothing here", "@article{, title={T}}"])
def test_what_cannot_be_read_stops(tmp_path, text):
    assert "references.bib" in stopped(tmp_path, text)


def test_a_field_that_swells_is_reported_and_no_file_is_read(tmp_path):
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
        ("Bills of $5 and $10 in towns", "Bills of $5 and $10 in towns"),
        ("Costs of $5 in towns", "Costs of $5 in towns"),
        ("Odds at p$\\leq$0.05 and 3$\\times$10$^{-3}$", "Odds at p≤0.05 and 3×10<sup>−3</sup>"),
        ("Role of \\ensuremath{\\beta}-amyloid$_{1-42}$", "Role of β-amyloid<sub>1−42</sub>"),
        ("Low ${\\rm CO}_2$ in mice", "Low CO<sub>2</sub> in mice"),
        ("A <i>marked</i> title &amp; x&lt;5", "A <i>marked</i> title & x<5"),
    ],
)
def test_equations_of_titles_become_text(tmp_path, title, expected):
    (item,) = items_of(tmp_path, SOUND.replace("On {PMMA}", title))
    assert item["title"].replace('<span class="nocase">', "").replace("</span>", "") == expected


def test_an_equation_that_text_cannot_show_stops_with_its_line(tmp_path):
    message = stopped(tmp_path, SOUND.replace("On {PMMA}", "{On $\\frac{1$ of it}"))
    assert "references.bib:3: the equation" in message or "references.bib:1: the entry" in message


def test_every_equation_that_text_cannot_show_is_named_at_its_line(tmp_path):
    hard = SOUND.replace("On {PMMA}", "On $\\frac{1}{2}$ of it")
    message = stopped(tmp_path, hard + hard.replace("smith", "wu").replace("frac{1}", "frac{3}"))
    assert "references.bib:3: the equation '$\\frac{1}{2}$'" in message
    assert "references.bib:10: the equation '$\\frac{3}{2}$'" in message


@pytest.mark.parametrize(
    ("year", "literal", "status"),
    [
        ("in press", "In press", "in press"),
        ("In Press", "In press", "in press"),
        ("forthcoming", "Forthcoming", "forthcoming"),
        ("c. 1950", "c. 1950", None),
        ("n.d.", None, None),
    ],
)
def test_a_year_that_is_not_a_date_is_kept_in_words(tmp_path, year, literal, status):
    (item,) = items_of(tmp_path, SOUND.replace("{2020}", f"{{{year}}}"))
    assert item.get("issued") == ({"literal": literal} if literal else None)
    assert item.get("status") == status


@pytest.mark.parametrize(
    ("field", "names", "wrong"),
    [
        ("author", "Smith J, Doe A, Roe B", "Smith J, Doe A, Roe B"),
        ("author", "Smith J, Doe A", "Smith J, Doe A"),
        ("author", "Smith, J.; Doe, A.", "Smith, J.; Doe, A."),
        ("editor", "Roe, B. and Smith, J. \\& Doe, A.", "Smith, J. \\& Doe, A."),
        ("author", "Smith, J, Doe, A", "Smith, J, Doe, A"),
        ("author", "{Johnson \\& Johnson} and {A, B; C}", ""),
        ("author", "King, III, Martin and Smith, John, Jr. and Doe, A., and others", ""),
        ("author", "de la Cruz, M. and Kim J H and Smith, M.D., Ann", ""),
    ],
)
def test_names_that_are_not_separated_by_and_stop(tmp_path, field, names, wrong):
    text = SOUND.replace("  year", f"  {field} = {{{names}}},\n  year").replace(
        "  author = {Smith, Jane and others},\n", "" if field == "author" else "  author = {Smith, Jane},\n"
    )
    if wrong:
        assert f"the {field} '{wrong}' is not one name" in stopped(tmp_path, text)
    else:
        items_of(tmp_path, text)


def test_a_suffix_behind_the_given_name_is_a_suffix(tmp_path):
    item = item_of(tmp_path, "article", author="Smith, John, Jr. and King, III, Martin", **TRIAL)
    assert [(one["given"], one["suffix"]) for one in item["author"]] == [("John", "Jr."), ("Martin", "III")]


def test_a_date_is_not_a_status(tmp_path):
    (item,) = items_of(tmp_path, SOUND)
    assert item["issued"] == {"date-parts": [[2020]]} and "status" not in item


def test_works_without_an_author_are_named_in_one_warning(tmp_path, caplog):
    unsigned = SOUND.replace("author = {Smith, Jane and others},", "")
    text = SOUND + "".join(unsigned.replace("smith2020", f"none{n}") for n in range(7))
    with caplog.at_level("WARNING", logger="prismake"):
        assert len(items_of(tmp_path, text)) == 8
    (record,) = caplog.records
    assert "7 works without an author" in record.getMessage() and "none4 and 2 more" in record.getMessage()


@pytest.mark.parametrize(
    ("field", "value", "warned"),
    [
        ("title", "RETRACTED: A trial", True),
        ("title", "[Retracted] A trial", True),
        ("note", "Retraction in: J Test 2021;1:2", True),
        ("note", "Retracted article", True),
        ("title", "Retracted tendons in the hand", False),
        ("title", "Repair of retracted tendons", False),
    ],
)
def test_works_called_retracted_are_named(tmp_path, caplog, field, value, warned):
    with caplog.at_level("WARNING", logger="prismake"):
        items_of(
            tmp_path,
            SOUND.replace(
                "title = {On {PMMA}}", f"{'' if field == 'title' else 'title = {On}, '}{field} = {{{value}}}"
            ),
        )
    assert any("1 work called retracted: smith2020" in one.getMessage() for one in caplog.records) == warned


def item_of(tmp_path, kind, **fields):
    given = {"author": "Doe, Jane", "title": "A work of ours", "year": "2020", **fields}
    body = ", ".join(f"{name} = {{{value}}}" for name, value in given.items() if value)
    (item,) = items_of(tmp_path, f"@{kind}{{k, {body}}}")
    return item


TRIAL = {"journal": "Pain"}


@pytest.mark.parametrize(
    ("title", "printed"),
    [
        ("A trial of hips in Sweden and Norway", "A trial of hips in Sweden and Norway"),
        ("Cancer in Sweden", "Cancer in Sweden"),
        ("Effect of \\emph{Helicobacter pylori} on H$^{+}$", "Effect of <i>Helicobacter pylori</i> on H<sup>+</sup>"),
        ("A Trial of Painful Hips and Knees in {Sweden}", "A trial of painful hips and knees in Sweden"),
        ("Ratio at $p < 0.05$ in mice", "Ratio at p < 0.05 in mice"),
        ("People ($\\geq 65$ years) in trials", "People (≥ 65 years) in trials"),
    ],
)
def test_titles_written_as_sentences_keep_their_capitals(tmp_path, title, printed):
    made = item_of(tmp_path, "article", title=title, **TRIAL)["title"].replace("\u2004", " ")
    assert made.replace('<span class="nocase">', "").replace("</span>", "") == printed


def test_a_foreign_title_keeps_its_capitals_and_names_its_language(tmp_path):
    item = item_of(tmp_path, "article", title="Über die Wirkung von Schmerz", language="ngerman", journal="Der Schmerz")
    assert (item["title"], item["language"]) == ("Über die Wirkung von Schmerz", "de")


@pytest.mark.parametrize(
    ("language", "tag"),
    [("fre", "fr"), ("french", "fr-FR"), ("pt-br", "pt-BR"), ("English", "en-US"), ("old norse", None)],
)
def test_languages_become_tags(tmp_path, language, tag):
    assert item_of(tmp_path, "article", langid=language, **TRIAL).get("language") == tag


def test_a_book_and_its_chapter_keep_their_capitals_apart(tmp_path):
    item = item_of(
        tmp_path,
        "incollection",
        title="Hips of people in the Basque Country",
        booktitle="A Handbook of Painful Hips",
        publisher="P",
    )
    assert (item["title"], item["container-title"]) == (
        "Hips of people in the Basque Country",
        "A handbook of painful hips",
    )


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("article", {**TRIAL, "eid": "e12"}, {"page": "e12", "eid": "e12"}),
        ("article", {**TRIAL, "eid": "e12", "pages": "1--9"}, {"page": "1-9", "eid": "e12"}),
        ("article", {**TRIAL, "note": "In press"}, {"issued": {"literal": "In press"}, "status": "In press"}),
        ("article", {**TRIAL, "pubstate": "inpress", "volume": "3"}, {"issued": {"date-parts": [[2020]]}}),
        ("book", {"publisher": "P", "edition": "Third"}, {"edition": "3"}),
        ("book", {"publisher": "P", "edition": "2nd ed."}, {"edition": "2"}),
        ("book", {"publisher": "P", "edition": "Student edition"}, {"edition": "Student edition"}),
        ("inbook", {"publisher": "P", "chapter": "3"}, {"type": "book", "title": "A work of ours"}),
        ("misc", {"howpublished": "\\url{https://a.org/b_c}"}, {"type": "webpage", "URL": "https://a.org/b_c"}),
        ("misc", {"howpublished": "Available at: https://a.org"}, {"type": "webpage", "URL": "https://a.org"}),
        ("misc", {"howpublished": "A flyer"}, {"type": "document", "publisher": "A flyer"}),
        (
            "misc",
            {"url": "https://a.org", "note": "Accessed March 3, 2022"},
            {"accessed": {"date-parts": [[2022, 3, 3]]}},
        ),
        ("misc", {"url": "https://a.org", "note": "[Online; accessed 3-March-2022]"}, {"type": "webpage"}),
        ("misc", {"note": "\\url{https://a.org}, accessed 2022-03-03"}, {"accessed": {"date-parts": [[2022, 3, 3]]}}),
        (
            "misc",
            {"howpublished": "Available at: \\url{https://a.org}, accessed 3 March 2022"},
            {"type": "webpage", "URL": "https://a.org", "accessed": {"date-parts": [[2022, 3, 3]]}, "publisher": None},
        ),
        (
            "misc",
            {"howpublished": "\\href{https://a.org}{A site}"},
            {"URL": "https://a.org", "publisher": "A site"},
        ),
        ("misc", {"note": "Preprint at https://doi.org/10.1/x"}, {"DOI": "10.1/x", "URL": None}),
        ("article", {**TRIAL, "articleno": "12"}, {"page": "12"}),
        ("article", {**TRIAL, "eid": "Article n71"}, {"page": "n71", "eid": "n71"}),
        (
            "article",
            {**TRIAL, "volume": "Vol. 3", "number": "no. 4", "pages": "pp. 12--19"},
            {"volume": "3", "issue": "4", "page": "12-19"},
        ),
        ("article", {**TRIAL, "pages": "p1234", "volume": "12 Suppl 3"}, {"page": "p1234", "volume": "12 Suppl 3"}),
        ("misc", {"howpublished": "medRxiv", "doi": "10.1/x"}, {"type": "article", "publisher": "medRxiv"}),
        ("misc", {"eprint": "2101.1", "archiveprefix": "arXiv"}, {"type": "article", "publisher": "arXiv"}),
        ("article", {"journal": "bioRxiv", "doi": "10.1/x"}, {"type": "article", "publisher": "bioRxiv"}),
        (
            "article",
            {"journal": "The Sun", "date": "2020-03-05", "url": "https://a.org"},
            {"type": "article-newspaper"},
        ),
        ("standard", {"number": "ISO 1", "publisher": "ISO"}, {"type": "standard", "number": "ISO 1"}),
        ("unpublished", {"note": "Unpublished data"}, {"type": "manuscript", "publisher": "Unpublished data"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_what_pandoc_leaves_out_has_its_place(tmp_path, kind, fields, expected):
    fields = {"year": "" if "date" in fields else "2020", **fields}
    item = item_of(tmp_path, kind, **fields)
    assert {name: item.get(name) for name in expected} == expected


def test_what_a_field_says_beside_an_address_stays(tmp_path):
    item = item_of(tmp_path, "misc", howpublished="Poster, \\url{https://a.org}")
    assert (item["URL"], item["publisher"]) == ("https://a.org", "Poster")


@pytest.mark.parametrize(
    ("author", "given"),
    [("Higgins, JPT", "J P T"), ("Lee, SY", "S Y"), ("Lee, S Y", "S Y"), ("LEE, JANE", "JANE"), ("Lee, Jo", "Jo")],
)
def test_initials_without_stops_are_initials(tmp_path, author, given):
    assert item_of(tmp_path, "article", author=author, **TRIAL)["author"][0]["given"] == given


@pytest.mark.parametrize(
    "fields", [{"doi": "https://doi.org/10.1/x"}, {"doi": "doi: 10.1/x"}, {"url": "http://dx.doi.org/10.1/x"}]
)
def test_an_identifier_is_bare(tmp_path, fields):
    item = item_of(tmp_path, "article", **TRIAL, **fields)
    assert item["DOI"] == "10.1/x" and "URL" not in item


def test_an_institution_is_the_author_of_its_report(tmp_path):
    item = item_of(tmp_path, "techreport", author="", institution="Ministry of Health")
    assert item["author"] == [{"literal": "Ministry of Health"}] and "publisher" not in item


def test_a_particle_belongs_to_the_family_name(tmp_path):
    item = item_of(tmp_path, "article", author="van der Berg, Anna and {Le Fanu}, Joseph", **TRIAL)
    assert item["author"][0] == {"family": "Berg", "given": "Anna", "non-dropping-particle": "van der"}
