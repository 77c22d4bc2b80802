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
from prismake.web.changes import changed_sentences, with_changes

from .reviews import page, review

ARTICLE = (
    '<h1>Title</h1><p>We found <a href="#n1" id="n1" class="n value">9</a> dogs.<sup>1</sup> They <em>ran</em> far.</p>'
    '<svg viewBox="0 0 1 1"></svg>'
)


def content_of(text):
    (packed,) = re.findall(r'id="data">([^<]*)<', text)
    return json.loads(gzip.decompress(base64.b64decode(packed)))


def made(folder, old, new, numbers=()):
    files, flow = review(folder, [{"record_id": "s:1", "title": "T"}], {"all": []})
    whole = page(files, flow, ARTICLE)
    content = content_of(whole)
    content["numbers"] = {"1": {"values": ["flow.included"]}}
    packed = base64.b64encode(gzip.compress(json.dumps(content).encode())).decode()
    return with_changes(re.sub(r'(id="data">)[^<]*', rf"\g<1>{packed}", whole), numbers, old, new)


def test_a_changed_number_is_marked_where_it_stands(tmp_path):
    text = made(tmp_path, [], [], [Change("flow.included", "8", "9", "", "a decision"), Change("x", "1", "2", "", "")])
    assert 'class="n value changed">9</a>' in text and "2 numbers and 0 sentences changed</a>" in text
    assert content_of(text)["changes"]["numbers"] == [
        {"name": "flow.included", "old": "8", "new": "9", "why": "a decision", "doors": ["1"]},
        {"name": "x", "old": "1", "new": "2", "why": "", "doors": []},
    ]


def test_a_changed_sentence_is_marked_through_its_markup(tmp_path):
    text = made(tmp_path, ["They ran.", "Gone now."], ["They ran far.", "Nowhere printed words here."])
    assert '<mark class="changed" id="changed-1">They </mark>' in text
    assert '<em><mark class="changed">ran</mark></em><mark class="changed"> far</mark>.' in text
    assert content_of(text)["changes"]["sentences"] == [
        {"text": "They ran far.", "was": "They ran.", "anchor": "changed-1"},
        {"text": "Nowhere printed words here.", "was": "", "anchor": ""},
    ]
    assert content_of(text)["changes"]["gone"] == ["Gone now."]


def test_nothing_but_marks_changes(tmp_path):
    before, after = made(tmp_path / "a", [], []), made(tmp_path / "b", ["x"], ["They ran far."])
    digests = re.compile(r"sha256-[\w+/=]+")
    assert digests.findall(before) == digests.findall(after) and len(digests.findall(before)) == 2
    articles = [re.findall("<article>.*</article>", one, re.DOTALL)[0] for one in (before, after)]
    assert len({re.sub(r"<[^>]+>", "", article) for article in articles}) == 1


def test_another_page_is_refused():
    with pytest.raises(BuildStop, match="not a page that a build wrote"):
        with_changes("<html></html>", [], [], [])


SENTENCES = st.lists(st.sampled_from(["a b c", "a b d", "x y", "p q r s", "a", "x z"]), max_size=5, unique=True)


@given(SENTENCES, SENTENCES)
def test_every_sentence_that_differs_is_named_once(old, new):
    changed, gone = changed_sentences(old, new)
    assert [one.text for one in changed] == [text for text in new if text not in old]
    assert sorted([*gone, *(one.was for one in changed if one.was)]) == sorted(text for text in old if text not in new)
