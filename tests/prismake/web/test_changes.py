"""What changed since an earlier version, marked in the page and listed."""

import base64
import gzip
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prismake.common.errors import BuildStop
from prismake.revision.numbers import Change
from prismake.web.article import parsed
from prismake.web.changes import with_changes
from prismake.web.comparing import Sentence, changed_sentences, sentences_in

from .reviews import page, review

ARTICLE = (
    '<h1>Title</h1><p>We found <a href="#n1" id="n1" class="n value">{dogs}</a> dogs.{more} They <em>ran</em> far.</p>'
    '<svg viewBox="0 0 1 1"><a href="#box/all" aria-label="All (n = {dogs})"><text>All</text></a>'
    '<a href="#box/all" aria-label="Studies (n = 3)"><text>Studies</text></a></svg>'
)
TABLE = (
    '<div id="tbl-1" class="float tbl"><div class="caption"><p><span class="numbering">Table 1</span>. Dogs</p></div>'
    "<table><thead><tr><th>Study</th><th>Age</th><th>Kind</th></tr></thead><tbody>{rows}</tbody></table></div>"
)
CITED = '<span class="citation"><sup><a href="#ref-{key}">{number}</a></sup></span>'


def content_of(text):
    (packed,) = re.findall(r'id="data">([^<]*)<', text)
    return json.loads(gzip.decompress(base64.b64decode(packed)))


def built(folder, article=None, dogs="9", number=None, more=""):
    files, flow = review(folder, [{"record_id": "s:1", "title": "T"}], {"all": [("s:1", "")]})
    whole = page(files, flow, article or ARTICLE.format(dogs=dogs, more=more))
    content = content_of(whole)
    content["numbers"] = {"1": {"values": ["flow.all"], "expression": "flow.all", "text": dogs, **(number or {})}}
    packed = base64.b64encode(gzip.compress(json.dumps(content).encode())).decode()
    return re.sub(r'(id="data">)[^<]*', rf"\g<1>{packed}", whole)


def changes_between(folder, old, new):
    text = with_changes(built(folder / "new", new), [], built(folder / "old", old))
    return text, content_of(text)["changes"]


def test_a_changed_number_is_marked_where_it_stands_and_leads_to_its_records(tmp_path):
    changed = [Change("flow.all", "8", "9", "", "+1 s:1 (was in “X”)"), Change("x", "1.23456", "2", "", "")]
    text = with_changes(built(tmp_path / "new"), changed, built(tmp_path / "old", dogs="eight"))
    assert (
        'class="n value changed"><mark class="changed">9</mark></a>' in text
        and "2 numbers and 1 sentence changed</a>" in text
    )
    assert '<a href="#box/all" aria-label="All (n = 9)" class="changed">' in text
    assert '<a href="#box/all" aria-label="Studies (n = 3)"><text>' in text
    assert content_of(text)["changes"]["numbers"] == [
        {
            "name": "all",
            "old": "eight",
            "new": "9",
            "why": ["+1 ", ["s:1", "#record/s%3A1"], " (was in “X”)"],
            "doors": ["1"],
            "was": ["eight"],
            "box": "all",
        },
        {"name": "x", "old": "1.235", "new": "2", "why": [], "doors": [], "was": []},
    ]


@pytest.mark.parametrize(
    ("old", "new", "printed", "was"),
    [("68.844516129", "67.35", "67.3", "68.8"), ("70", "71.25", "71.2", "70.0"), ("10", "11", "eleven", "10")],
)
def test_an_old_number_prints_as_the_new_one_does(tmp_path, old, new, printed, was):
    whole = built(tmp_path, number={"values": ["pooled.age"], "text": printed})
    (change,) = content_of(with_changes(whole, [Change("pooled.age", old, new, "", "")], None))["changes"]["numbers"]
    assert (change["was"], change["old"], change["new"]) == ([was], was, printed)


def test_a_value_that_prints_as_before_is_not_marked(tmp_path):
    whole = built(tmp_path, number={"values": ["pooled.age"], "text": "68.8"})
    text = with_changes(whole, [Change("pooled.age", "68.82", "68.84", "", "")], None)
    assert 'changed">' not in text.replace('href="#changes"', "")
    assert content_of(text)["changes"]["numbers"][0]["old"] == "68.82"


def test_a_changed_sentence_is_marked_through_its_markup(tmp_path):
    old = built(
        tmp_path / "old", "<h1>Title</h1><p>We found 9 dogs. They ran. Gone now entirely, and nowhere else printed.</p>"
    )
    text = with_changes(built(tmp_path / "new"), [], old)
    assert '<mark class="changed" id="changed-1">They </mark>' in text
    assert '<em><mark class="changed">ran</mark></em><mark class="changed"> far.</mark>' in text
    changes = content_of(text)["changes"]
    assert {"text": "They ran far.", "was": "They ran.", "anchor": "changed-1"} in changes["sentences"]
    assert changes["gone"] == ["Gone now entirely, and nowhere else printed."]


def test_sentences_with_citations_and_formulas_are_marked_and_listed_as_plain_text(tmp_path):
    formula = "<math><mi>I</mi><mo>=</mo><mn>{number}</mn></math>"
    old = f"<p>First. It was{CITED.format(key='yu', number=3)} small, {formula.format(number=2)} there. Last.</p>"
    new = f"<p>First. It was{CITED.format(key='yu', number=4)} large, {formula.format(number=3)} there. Last.</p>"
    text, changes = changes_between(tmp_path, old, new)
    (sentence,) = changes["sentences"]
    assert sentence["text"] == "It was [4] large, I=3 there." and sentence["was"] == "It was [3] small, I=2 there."
    marks = re.findall(r"<mark[^>]*>([^<]*)</mark>", text)
    assert marks == ["It was", " large, ", " there."] and 'id="changed-1">It was<' in text


def test_another_number_of_a_citation_changes_nothing_and_another_work_does(tmp_path):
    old = f"<p>It was so{CITED.format(key='yu', number=3)}.</p>"
    assert changes_between(tmp_path, old, old.replace(">3<", ">4<"))[1]["sentences"] == []
    assert len(changes_between(tmp_path / "b", old, old.replace("ref-yu", "ref-chu"))[1]["sentences"]) == 1


def test_two_changed_sentences_of_one_paragraph_keep_all_words(tmp_path):
    new = "<p>One ran. Two dogs ran far. Three dogs sat. Four.</p>"
    text, changes = changes_between(tmp_path, "<p>One ran. Two dogs ran. Three dogs. Four.</p>", new)
    assert re.findall(r'<mark class="changed" id="(changed-\d)">([^<]*)</mark>', text) == [
        ("changed-1", "Two dogs ran far."),
        ("changed-2", "Three dogs sat."),
    ]
    assert re.sub("<[^>]+>", "", re.findall("<article>.*</article>", text)[0]) == re.sub("<[^>]+>", "", new)
    assert [one["was"] for one in changes["sentences"]] == ["Two dogs ran.", "Three dogs."]


def test_changed_cells_and_rows_of_tables_are_marked_and_listed(tmp_path):
    row = "<tr><th>{study}</th><td>{age}</td><td>{kind}</td></tr>"
    door = '<a href="#n1" id="n1" class="n table">70.4</a>'
    old = TABLE.format(
        rows=row.format(study="Yu", age=door.replace("70.4", "74.4"), kind="Terrier")
        + row.format(study="Wu", age="", kind="Pug")
    )
    new = TABLE.format(
        rows=row.format(study="Yu", age=door, kind="Collie") + row.format(study="Li", age="", kind="Pug")
    )
    number = {"values": [], "how": "age_mean 70.4"}
    before = built(tmp_path / "old", old, number={**number, "how": "age_mean 74.4"})
    text = with_changes(built(tmp_path / "new", new, number=number), [], before)
    changes = content_of(text)["changes"]
    assert (
        'class="n table changed">70.4</a>' in text and '<td><mark class="changed" id="changed-1">Collie</mark>' in text
    )
    assert changes["numbers"] == [
        {
            "name": "Table 1, Yu, Age",
            "old": "74.4",
            "new": "70.4",
            "why": ["age_mean 74.4 → age_mean 70.4"],
            "doors": ["1"],
        }
    ]
    assert changes["sentences"] == [
        {"text": "Table 1, Yu, Kind: Collie", "was": "Table 1, Yu, Kind: Terrier", "anchor": "changed-1"},
        {"text": "Table 1: new row Li, Pug", "was": "", "anchor": "changed-2"},
    ]
    assert changes["gone"] == ["Table 1: row Wu"]


def test_nothing_but_marks_changes(tmp_path):
    whole = built(tmp_path / "a", more=" More.")
    before, after = with_changes(whole, [], whole), with_changes(whole, [], built(tmp_path / "b"))
    digests = re.compile(r"sha256-[\w+/=]+")
    assert digests.findall(before) == digests.findall(after) and len(digests.findall(before)) == 2
    assert content_of(before)["changes"] == {"numbers": [], "sentences": [], "gone": []}
    articles = [re.findall("<article>.*</article>", one, re.DOTALL)[0] for one in (before, after)]
    assert len({re.sub(r"<[^>]+>", "", article) for article in articles}) == 1


def test_another_page_is_refused():
    with pytest.raises(BuildStop, match="not a page that a build wrote"):
        with_changes("<html></html>", [], None)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (
            "It was P &lt; .05, cf. Fig. 2. Then 3 ran! And all.",
            ["It was P < .05, cf. Fig. 2.", "Then 3 ran!", "And all."],
        ),
        ("Only this", ["Only this"]),
        ("So did Yu et al. 5 times", ["So did Yu et al. 5 times"]),
    ],
)
def test_a_text_is_cut_into_its_sentences(text, sentences):
    assert [one.text for one in sentences_in(parsed(f"<p>{text}</p>".encode()))] == sentences


SENTENCES = st.lists(st.sampled_from(["a b c", "a b d", "x y", "p q r s", "a", "x z"]), max_size=5, unique=True)


@given(SENTENCES, SENTENCES)
def test_every_sentence_that_differs_is_named_once(old, new):
    changed, gone = changed_sentences(*([Sentence(text, (), text) for text in texts] for texts in (old, new)))
    assert [one.text for one, _ in changed] == [text for text in new if text not in old]
    replaced = [was.text for _, was in changed if was]
    assert sorted([*(one.text for one in gone), *replaced]) == sorted(text for text in old if text not in new)
