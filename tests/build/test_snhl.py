"""A third review, real and whole: eight exports, two reviewers, a third who decides, full texts from elsewhere too.

The authors deduplicated by title and lost a batch on the way; where our counts differ from theirs, the expectations
below say which records make the difference.
"""

import csv
import json
import re
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from prismake.trace.record import lives

from .conftest import Review, checkout

pytestmark = pytest.mark.build

EXPORTS = {
    "medline": ("PubMed", 859),
    "psychinfo": ("PsycINFO", 58),
    "embase": ("Embase", 568),
    "cinahl": ("CINAHL", 168),
    "ieee": ("IEEE Xplore", 93),
    "scopus": ("Scopus", 709),
    "github": ("GitHub", 155),
    "base": ("BASE", 85),
}

# Their list -> our record, where their list of titles lost letters outside ASCII or brackets.
GARBLED = {
    95: "scopus:2-s2.0-33846830014",
    347: "medline:15157132",
    616: "psychinfo:1979-11190-001",
    774: "cinahl:83837371",
    902: "psychinfo:2023-29001-001",
    918: "scopus:2-s2.0-84908086285",
}

# Numbers of their list that we found to be one work: their titles differ in words like a trailing "references", in a
# translation put behind the title, in spelling or in dashes.
SAME_WORK = [
    *([9, 19], [77, 144], [83, 338], [141, 746], [164, 205], [189, 403], [208, 378], [262, 628], [282, 1252]),
    *([356, 753], [373, 517, 774], [487, 511], [661, 787], [681, 840], [1048, 1077], [1177, 1200]),
]

# No record of Embase stands on their list: what no other database holds as well was never screened.
ONLY_EMBASE = 98
# Records of other databases that nobody screened. "merged": a record of the same title stands on their list, which we
# keep apart from this one (other editions and versions, an update of a Cochrane review, deposits of one data set, a
# record whose year or source differs); "absent": no title on their list has the same letters.
NOT_SCREENED = {
    "medline:32960318": "absent",
    "medline:31067936": "absent",
    "cinahl:146627648": "absent",
    "cinahl:105380840": "merged",
    "scopus:2-s2.0-85179308997": "merged",
    "scopus:2-s2.0-85162295833": "absent",
    "scopus:2-s2.0-85095406197": "absent",
    "scopus:2-s2.0-84992630829": "merged",
    "scopus:2-s2.0-85018901503": "merged",
    "scopus:2-s2.0-84929281465": "merged",
    "scopus:2-s2.0-0028182401": "absent",
    "base:xc19a70172b": "merged",
    "base:x6a3e0ef945": "merged",
    "base:x1a9715927f": "absent",
    "base:xf919d60f5d": "absent",
    "base:xdeca044a9b": "absent",
    "base:xf4d1f5fc3e~2": "merged",
    "base:x0597fb0017": "absent",
}

# The third reviewer's answers name 6 records by number. Under 43 stands the title of another work, which no search
# found; record 43 itself was never assessed in full text, so the answer cannot be taken for it.
OTHER_WORK = 43

CONFIG = """
review: {{draft: false}}
searches:
{searches}  - {{id: citations, database: Citation searching, kind: other, method: citation, date: "2024-03-22",
     files: [data/searches/citations.csv], hits: 3}}
screening:
  decisions: data/screening/decisions.csv
  consensus: data/screening/consensus.csv
  reviewers: {{LB: First reviewer, LD: Second reviewer}}
  sources:
    - {{file: data/screening/LB.csv, stage: abstract, reviewer: LB, words: &words {{"1": include, "2": exclude}}}}
    - {{file: data/screening/LD.csv, stage: abstract, reviewer: LD, words: *words}}
    - {{file: data/screening/full_text.csv, stage: fulltext, reviewer: LB, words: *words,
       columns: {{decision: lb_full_text_response, note: lb_comments}}}}
    - {{file: data/screening/full_text.csv, stage: fulltext, reviewer: LD, words: *words,
       columns: {{decision: ld_full_text_response, note: ld_comments}}}}
    - {{file: data/screening/full_text.csv, stage: fulltext, words: *words, columns: {{decision: final_decision}}}}
  stages:
    - {{id: listed, role: removal, label: On the authors' list, reasons: {{not_listed: Not on the authors' list}}}}
    - {{id: abstract, reviewers: 2}}
    - id: fulltext
      reviewers: 2
      reasons: {{not_snhl: Not SNHL only, wrong_age: Wrong age}}
      reason_texts: {{wrong_age: [Wrong age cohort]}}
"""


def rows(path, encoding="utf-8-sig"):
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        return list(csv.DictReader(file))


def write(path, table):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)


def letters(title):
    """A title as on the authors' list: ASCII letters and digits in lower case."""
    return "".join(c for c in title.lower() if c.isascii() and c.isalnum())


class Authors:
    """The authors' files, joined by the numbers of their list."""

    def __init__(self, folder: Path) -> None:
        self.listed = rows(folder / "tiab" / "all_results_deduplicated.csv", "latin-1")
        self.answers = {
            reviewer: rows(folder / "responses" / f"{reviewer}_response_complete.csv") for reviewer in ("LB", "LD")
        }
        self.full_text = rows(folder / "responses" / "full_text_reviews.csv")
        text = (folder / "third_reviewer_responses.md").read_text(encoding="utf-8")
        self.third = {
            int(number): answer.lower()
            for answer, number in re.findall(r"\| (Include|Exclude) \| (\d+) \|$", text, flags=re.MULTILINE)
        }

    def names(self, review: Path) -> list[dict[str, str]]:
        """How a row of each number names its record: the list's DOI, accession number and title.

        GitHub's rows stand in the export's order and BASE's have its own key; both need our id, as many repositories
        and deposits share a title.
        """
        table = pq.read_table(
            review / "results/records/records.parquet", columns=["record_id", "search", "position", "raw"]
        )
        github, base = {}, {}
        for record in table.to_pylist():
            if record["search"] == "github":
                github[record["position"]] = record["record_id"]
            elif record["search"] == "base":
                base[dict(json.loads(record["raw"]))["ID"]] = record["record_id"]
        first = next(at for at, row in enumerate(self.listed) if row["database"] == "github")
        named = []
        for at, row in enumerate(self.listed):
            own = {"github": github.get(at - first + 1, ""), "base": base.get(row["database_id"], "")}
            name = GARBLED.get(at + 1) or own.get(row["database"], "")
            doi = "" if row["doi"] == "NA" else row["doi"]
            named.append({"record_id": name, "title": row["title"], "doi": doi, "accession": row["database_id"]})
        return named


@pytest.fixture(scope="module")
def authors(shared) -> Authors:
    return Authors(shared / "reviews" / "snhl")


class Screened(Review):
    """The review, the checkout that builds it, and the records that waited before the list was applied."""

    house: Review
    waiting: list[str]


@pytest.fixture(scope="module")
def snhl(shared, authors, tmp_path_factory) -> Review:
    folder = tmp_path_factory.mktemp("snhl")
    review = folder / "review"
    (review / "data" / "searches").mkdir(parents=True)
    screening = review / "data" / "screening"
    screening.mkdir()
    searches = ""
    for name, (database, hits) in EXPORTS.items():
        shutil.copy(shared / "reviews" / "snhl" / "search_returns" / f"{name}.csv", review / "data" / "searches")
        about = f"id: {name}, database: {database}, date: '2024-03-22', hits: {hits}"
        searches += f"  - {{{about}, files: [data/searches/{name}.csv]}}\n"
    elsewhere = [row for row in authors.full_text if row["from_searches"] == "0"]
    write(review / "data/searches/citations.csv", [{"Title": r["title"], "Authors": r["authors"]} for r in elsewhere])
    for name in ("decisions", "consensus"):
        (screening / f"{name}.csv").write_text("record_id,stage,decision,reason,note\n")
    for name in ("LB", "LD", "full_text"):
        (screening / f"{name}.csv").write_text("title,decision\n")
    (review / "config.yaml").write_text(CONFIG.format(searches=searches))
    house = checkout(folder / "checkout")
    done = house.snakemake("results/records/clusters.csv", review=review)
    assert done.returncode == 0, done.stderr

    named = authors.names(review)
    for reviewer, answers in authors.answers.items():
        keys = ("response", "comments")
        write(screening / f"{reviewer}.csv", [n | {k: a[k] for k in keys} for n, a in zip(named, answers, strict=True)])
    texts = [
        row | named[int(row["ID"]) - 1] if row["ID"].isdigit() else row | {"accession": "", "record_id": ""}
        for row in authors.full_text
    ]
    write(
        screening / "full_text.csv",
        [{k: v for k, v in row.items() if k not in ("response", "comments", "viewed")} for row in texts],
    )
    decided = {**authors.third, OTHER_WORK: "exclude"}
    write(
        screening / "consensus.csv",
        [
            {
                "record_id": named[number - 1]["doi"],
                "title": named[number - 1]["title"],
                "stage": "abstract",
                "decision": decided[number],
                "reason": "",
                "note": "",
            }
            for number in decided
        ],
    )
    screened = house.snakemake("results/screening/screening.csv", "--config", "review={draft: true}", review=review)
    assert screened.returncode == 0, screened.stderr
    waiting = [r["record_id"] for r in rows(review / "results/screening/screening.csv") if r["decision"] == "pending"]
    write(
        screening / "decisions.csv",
        [
            {"record_id": name, "stage": "listed", "decision": "exclude", "reason": "not_listed", "note": ""}
            for name in waiting
        ],
    )
    done = house.snakemake("final", review=review)
    assert done.returncode == 0, done.stderr
    built = Screened(review)
    built.house, built.waiting = house, waiting
    return built


def boxes(review):
    return {box["id"]: box["n"] for box in json.loads((review / "results/flow.json").read_text())["boxes"]}


def test_every_record_is_read_and_every_decision_finds_its_record(snhl):
    values = {row["file"]: row for row in rows(snhl / "results/screening/sources.csv")}
    assert [values[f"data/screening/{reviewer}.csv"]["decisions"] for reviewer in ("LB", "LD")] == ["1498", "1498"]
    flow = boxes(snhl)
    assert [flow[f"identified.{name}"] for name in EXPORTS] == [hits for _, hits in EXPORTS.values()]
    assert sum(hits for _, hits in EXPORTS.values()) == 2695


def test_their_list_holds_works_twice(snhl):
    contents: dict[str, list[int]] = {}
    for vote in rows(snhl / "results/screening/reviewers.csv"):
        if vote["stage"] == "abstract" and vote["reviewer"] == "First reviewer":
            number = int(re.sub(r"\Adata/screening/LB.csv:(\d+)\Z", r"\1", vote["where"])) - 1
            contents.setdefault(vote["record_id"], []).append(number)
    assert sorted(numbers for numbers in contents.values() if len(numbers) > 1) == sorted(SAME_WORK)
    assert len(contents) == 1498 - sum(len(numbers) - 1 for numbers in SAME_WORK) == 1481


def test_what_they_never_screened(snhl, authors):
    records = {row["record_id"]: row for row in rows(snhl / "results/screening/screening.csv")}
    left = [records[name] for name in snhl.waiting]
    assert {row["decision"] for row in left} == {"exclude"} and {row["stage"] for row in left} == {"listed"}
    assert not any(row["database"] == "embase" for row in authors.listed)
    assert sum(row["sources"] == "Embase" for row in left) == ONLY_EMBASE
    theirs = {letters(row["title"]) for row in authors.listed}
    others = {
        row["record_id"]: "merged" if letters(row["title"]) in theirs else "absent"
        for row in left
        if row["sources"] != "Embase"
    }
    assert others == NOT_SCREENED


def test_two_reviewers_six_disagreements_and_a_third_who_decides(snhl, authors):
    stages = {
        contents["stage"]: contents
        for contents in json.loads((snhl / "results/screening/agreement.json").read_text())["stages"]
    }
    abstract = stages["abstract"]
    # By hand: both include 14, both exclude 1461, three each way.
    raw = (14 + 1461) / 1481
    chance = (17 * 17 + 1464 * 1464) / 1481**2
    assert (abstract["n"], abstract["agree"], abstract["conflicts"], abstract["open"]) == (1481, 1475, 6, 0)
    assert abstract["raw"] == pytest.approx(raw)
    assert abstract["kappa"] == pytest.approx((raw - chance) / (1 - chance))
    assert abstract["low"] < abstract["kappa"] < abstract["high"] <= 1
    assert (stages["fulltext"]["n"], stages["fulltext"]["conflicts"]) == (18, 1)
    conflicts = [row for row in rows(snhl / "results/screening/conflicts.csv") if row["stage"] == "abstract"]
    assert len(authors.third) == 6
    assert sorted(row["settled"] for row in conflicts) == ["exclude"] * 5 + ["include"]


def test_eighteen_full_texts_and_seven_included(snhl):
    trail = rows(snhl / "results/screening/trail.csv")
    assert sum(row["stage"] == "abstract" for row in trail) == 1481
    ends = [(row["stage"], row["decision"], row["reason"]) for row in rows(snhl / "results/screening/screening.csv")]
    full_text = [end for end in ends if end[0] == "fulltext"]
    assert len(full_text) == 18
    assert full_text.count(("fulltext", "include", "")) == 7
    assert full_text.count(("fulltext", "exclude", "not_snhl")) == 9
    assert full_text.count(("fulltext", "exclude", "wrong_age")) == 2
    assert json.loads((snhl / "results/screening/complete.json").read_text())["pending"] == 0


def test_the_figure_is_drawn_with_its_other_methods(snhl):
    flow = boxes(snhl)
    assert flow["other.identified"] == flow["other.fulltext.assessed"] == 3
    assert flow["fulltext.assessed"] + flow["other.fulltext.assessed"] == 18 and flow["included"] == 7
    drawn = (snhl / "results/figures/prisma.svg").read_text(encoding="utf-8").replace("\u00a0", " ")
    assert "Citation searching" in drawn and "DRAFT" not in drawn
    numbers = {row["data"]: row["n"] for row in rows(snhl / "results/prisma2020.csv")}
    assert (numbers["database_results"], numbers["citations_results"]) == ("2695", "3")


def test_why_tells_who_disagreed_and_who_decided(snhl):
    (row,) = (
        row
        for row in rows(snhl / "results/screening/conflicts.csv")
        if (row["stage"], row["settled"]) == ("abstract", "include")
    )
    (life,) = lives(row["record_id"], snhl / "results")
    (stage,) = (stage for stage in life["stages"] if stage["stage"] == "abstract")
    answers = {each["reviewer"]: each["decision"] for each in stage["reviewers"]}
    assert set(answers.values()) == {"include", "exclude"} and len(answers) == 2
    assert stage["decision"] == "include" and stage["decided_by"].startswith("data/screening/consensus.csv:")
    assert life["imported"][0]["file"].startswith("data/searches/")
    assert "abstract.screened" in {box["id"] for box in life["boxes"]}


def test_an_unresolved_conflict_refuses_the_final_target(snhl):
    consensus = snhl / "data/screening/consensus.csv"
    before = consensus.read_text()
    write(consensus, rows(consensus)[1:])
    try:
        done = snhl.house.snakemake("final", review=snhl.folder)
    finally:
        consensus.write_text(before)
    assert done.returncode != 0
    assert done.stderr.count("ERROR") == 1 and "Traceback" not in done.stderr
    assert "1 conflict is unresolved at stage 'abstract'" in done.stderr


def test_the_third_reviewers_answer_taken_at_its_word_leaves_a_record_open(snhl, authors):
    consensus = snhl / "data/screening/consensus.csv"
    before = consensus.read_text()
    table = rows(consensus)
    (row,) = (row for row in table if row["record_id"] == authors.listed[OTHER_WORK - 1]["doi"])
    write(consensus, [row | {"decision": "include"} if other is row else other for other in table])
    try:
        done = snhl.house.snakemake("results/screening/screening.csv", review=snhl.folder)
    finally:
        consensus.write_text(before)
    assert done.returncode != 0
    assert "1 record is undecided at stage 'fulltext'" in done.stderr
    assert "Metabolic and functional correlates" in done.stderr
