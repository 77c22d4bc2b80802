"""A small made-up review on which the tests of synthesis and appraisal stand."""

import csv
import io
import json
from pathlib import Path

from prismake.common.yaml_files import load_yaml
from prismake.review.configuration import filled
from prismake.synthesis.collect import ExtractionTables
from scripts.collect_studies import collect

from tests.places import PROJECT
from tests.records import as_frame, write_parquet
from tests.settings import SCHEMA, whole

DECIMAL = {"type": ["string", "null"], "decimal": True, "pattern": "^[0-9]+([.][0-9]+)?$"}
TEXT = {"type": ["string", "null"]}
COUNT = {"type": ["integer", "null"], "minimum": 0}
STUDY = {
    "type": "object",
    "additionalProperties": False,
    "required": ["study_id", "name", "year", "design", "patients"],
    "uniqueKey": ["study_id"],
    "properties": {
        "study_id": {"type": "string"},
        "name": {"type": "string"},
        "year": {"type": "integer"},
        "country": TEXT,
        "design": {"type": "string", "coded": True},
        "patients": COUNT,
        "women": COUNT,
        "men": COUNT,
        "age": DECIMAL,
        "age_sd": DECIMAL,
        "shortest": DECIMAL,
        "longest": DECIMAL,
        "drug": {**TEXT, "coded": True, "list": True},
        "outcome": TEXT,
    },
}
SITE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["study_id", "site", "site_to", "n"],
    "properties": {"study_id": {"type": "string"}, "site": {"type": "string"}, "site_to": TEXT, "n": COUNT},
}

STUDIES = """\
study_id,name,year,country,design,patients,women,men,age,age_sd,shortest,longest,drug,outcome
alpha2001,Alpha et al,2001,Peru,series,10,4,6,50.0,2.50,40,60,aa,ABC improved
beta2003,Beta & Co,2003,Chad,report,1,1,0,81,,,,bb,
gamma2002,Gamma et al,2002,Côte d'Ivoire,series,4,,,,,,,aa; bb,all well
"""
SITES = """\
study_id,site,site_to,n
alpha2001,hand,,7
alpha2001,foot,,3
beta2003,hand,,
gamma2002,hand,knee,
"""
CODES = """\
column,code,cell,label
design,series,Series,case series
design,report,Report,case report
drug,aa,AA,drug A
drug,bb,BB,drug B
"""
REPORTS = """\
record_id,study_id
s:1,alpha2001
s:2,beta2003
s:3,gamma2002
t:30,gamma2002
"""
LINKS = "preprint,article,evidence\n"
CLUSTERS = """\
record_id,cluster
s:1,s:1
t:10,s:1
s:2,s:2
s:3,s:3
t:30,t:30
s:4,s:4
"""
SCREENING = """\
record_id,title,author,year,decision
s:1,One,"Alpha, A; Omega, O",2001,include
s:2,Two,"Beta, B",2002,include
s:3,Three,"Gamma, G",2002,include
t:30,Three again,"Gamma, G",2003,exclude
s:4,Four,"Delta, D",2009,exclude
"""
OVERLAPS = "study_a,study_b,decision,counted,note\n"
ANSWERS = "study_id,form,item,answer,note\n" + "".join(
    f"{study},{form},{item},{'unclear' if (study, item) == ('beta2003', 7) else 'yes'},\n"
    for study, form, items in (
        ("alpha2001", "case_series", 10),
        ("beta2003", "case_report", 8),
        ("gamma2002", "case_series", 10),
    )
    for item in range(1, items + 1)
)
OVERALL = "study_id,overall,note\nalpha2001,include,\nbeta2003,include,\ngamma2002,exclude,\n"
ABBREVIATIONS = (
    "abbreviation,expansion\nAA,drug A\nABC,a better cure\nBB,drug B\nNA,not available\nSD,standard deviation\n"
)

SETTINGS = {
    "extraction": {"parts": {"sites": {"column": "site", "to": "site_to", "n": "n"}}},
    "patients": "patients",
    "year": "year",
    "label": "name",
    "order": ["year"],
    "checks": {
        "sums": [{"parts": ["women", "men"], "total": "patients"}],
        "ascending": [["shortest", "longest"]],
    },
    "same_patients": ["country", "patients"],
    "pooled": {
        "patients": {"sum": "patients", "unit": "patients"},
        "women": {"sum": "women"},
        "age": {"mean": "age", "unit": "years", "low": "shortest", "high": "longest"},
    },
    "groups": {
        "design": {"column": "design"},
        "drug": {"column": "drug"},
        "country": {"column": "country"},
        "site": {"part": "sites"},
    },
}


class SmallReview:
    """The files of the review in a folder, as text that a test may change before it collects."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = whole(SETTINGS, "synthesis")
        for name, text in {
            "studies": STUDIES,
            "sites": SITES,
            "codes": CODES,
            "reports": REPORTS,
            "clusters": CLUSTERS,
            "links": LINKS,
            "screening": SCREENING,
            "overlaps": OVERLAPS,
            "answers": ANSWERS,
            "overall": OVERALL,
            "abbreviations": ABBREVIATIONS,
        }.items():
            self.path(name).write_text(text, encoding="utf-8")
        # A copy of the first report has what its survivor lacks.
        known = {"t:10": {"doi": "10.5555/copy", "pmid": "31415926"}}
        ids = [line.partition(",")[0] for line in CLUSTERS.splitlines()[1:]]
        write_parquet(
            folder / "records.parquet", as_frame([{"record_id": name, **known.get(name, {})} for name in ids])
        )
        for name, schema in {"studies": STUDY, "sites": SITE}.items():
            (folder / f"{name}.schema.yaml").write_text(json.dumps(schema), encoding="utf-8")

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.csv"

    def edit(self, name: str, old: str, new: str) -> None:
        text = self.path(name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"'{old}' stands {text.count(old)} times in {name}"
        self.path(name).write_text(text.replace(old, new), encoding="utf-8")

    def add(self, name: str, line: str) -> None:
        with self.path(name).open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def collect(self, *, draft: bool = False, without: str = "") -> dict:
        """Runs the step, without one of its tables where named; what it wrote."""
        collect(
            tables=ExtractionTables(
                studies=self.path("studies"),
                parts=[self.path("sites")],
                schemas=[self.folder / "studies.schema.yaml", self.folder / "sites.schema.yaml"],
                reports=self.path("reports"),
                codes=[] if without == "codes" else [self.path("codes")],
                overlap=[] if without == "overlaps" else [self.path("overlaps")],
            ),
            screening=self.path("screening"),
            records=self.folder / "records.parquet",
            clusters=self.path("clusters"),
            links=self.path("links"),
            extraction=self.extraction,
            synthesis=self.settings,
            draft=draft,
        )
        return json.loads(self.extraction.read_text(encoding="utf-8"))

    @property
    def extraction(self) -> Path:
        return self.folder / "results" / "studies.json"


def cells(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV."""
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def example_extraction(folder: Path, *, draft: bool = False) -> tuple[dict, dict]:
    """(config.yaml of the shipped example, its extraction collected as if each study had one included record)."""
    config = filled(load_yaml(PROJECT / "config.yaml"), SCHEMA)
    tables = config["synthesis"]["extraction"]
    parts = list(tables["parts"].values())
    studies = cells(PROJECT / tables["studies"]["table"])
    links = [(f"x:{number}", row["study_id"]) for number, row in enumerate(studies)]
    files = {
        "reports": ("record_id,study_id", [f"{record},{study}" for record, study in links]),
        "links": (LINKS.strip(), []),
        "clusters": ("record_id,cluster", [f"{record},{record}" for record, _ in links]),
        "screening": (
            "record_id,title,author,year,decision",
            [
                f"x:{n},T,{row['authors_label'].split()[0]},{row['publication_year']},include"
                for n, row in enumerate(studies)
            ],
        ),
    }
    for name, (head, lines) in files.items():
        (folder / f"{name}.csv").write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    collect(
        tables=ExtractionTables(
            studies=PROJECT / tables["studies"]["table"],
            parts=[PROJECT / part["table"] for part in parts],
            schemas=[PROJECT / table["schema"] for table in (tables["studies"], *parts)],
            reports=folder / "reports.csv",
            codes=[PROJECT / tables["codes"]],
            overlap=[PROJECT / tables["overlaps"]],
        ),
        screening=folder / "screening.csv",
        records=folder / "records.parquet",
        clusters=folder / "clusters.csv",
        links=folder / "links.csv",
        extraction=folder / "studies.json",
        synthesis=config["synthesis"],
        draft=draft,
    )
    return config, json.loads((folder / "studies.json").read_text(encoding="utf-8"))
