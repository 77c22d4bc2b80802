"""Three clean reviews of different topics, written as JATS and as Word documents from one plain source."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from xml.sax.saxutils import escape

import docx
from docx.oxml import parse_xml
from prismake.audit.foreign.reading import read_paper
from prismake.audit.foreign.run import Report, audit_paper


@dataclass(frozen=True)
class Source:
    """A review: its abstract, sections, tables (caption, rows with the header first) and works. `[1,2]` cites."""

    title: str
    abstract: str
    sections: Mapping[str, Sequence[str]]
    tables: Sequence[tuple[str, Sequence[str]]]
    works: Sequence[str]

    def planted(self, old: str, new: str) -> Source:
        """The review with one place changed; the place must exist once in one of its texts."""

        def swap(text: str) -> str:
            return text.replace(old, new, 1)

        changed = replace(
            self,
            abstract=swap(self.abstract),
            sections={name: [swap(one) for one in texts] for name, texts in self.sections.items()},
            tables=[(swap(caption), [swap(row) for row in rows]) for caption, rows in self.tables],
        )
        assert changed != self, old
        return changed


def _cites(text: str) -> str:
    def links(match: re.Match[str]) -> str:
        inner = re.sub(r"\d+", lambda one: f'<xref ref-type="bibr" rid="r{one[0]}">{one[0]}</xref>', match[1])
        return f"[{inner}]"

    return re.sub(r"\[(\d[\d,–]*)\]", links, escape(text))


def jats(source: Source) -> str:
    """The review as JATS."""
    body = "".join(
        f"<sec><title>{name}</title>{''.join(f'<p>{_cites(text)}</p>' for text in texts)}</sec>"
        for name, texts in source.sections.items()
    )
    tables = ""
    for number, (caption, rows) in enumerate(source.tables, start=1):
        cells = [[escape(cell.strip()) for cell in row.split("|")] for row in rows]
        head = "".join(f"<th>{cell}</th>" for cell in cells[0])
        lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in cells[1:])
        tables += (
            f"<table-wrap><label>Table {number}</label><caption><title>{escape(caption)}</title></caption>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></table-wrap>"
        )
    works = "".join(
        f'<ref id="r{n}"><mixed-citation>{escape(w)}</mixed-citation></ref>' for n, w in enumerate(source.works, 1)
    )
    return (
        f"<article><front><article-meta><title-group><article-title>{escape(source.title)}</article-title></title-group>"
        f"<abstract><p>{_cites(source.abstract)}</p></abstract></article-meta></front>"
        f"<body>{body}{tables}</body><back><ref-list>{works}</ref-list></back></article>"
    )


def word(source: Source, *, raised: bool = False) -> bytes:
    """The review as a Word document, its citations in brackets or raised."""
    document = docx.Document()

    def add(text: str) -> None:
        paragraph = document.add_paragraph()
        for part in re.split(r"(\[\d[\d,–]*\])", text):
            if raised and re.fullmatch(r"\[\d[\d,–]*\]", part):
                paragraph.add_run(part[1:-1]).font.superscript = True
            else:
                paragraph.add_run(part.rstrip() if raised else part)

    document.add_heading(source.title, 0)
    document.add_heading("Abstract", 1)
    add(source.abstract)
    for name, texts in source.sections.items():
        document.add_heading(name, 1)
        for text in texts:
            add(text)
    for number, (caption, rows) in enumerate(source.tables, start=1):
        document.add_paragraph(f"Table {number}. {caption}", style="Caption")
        cells = [[cell.strip() for cell in row.split("|")] for row in rows]
        table = document.add_table(len(cells), len(cells[0]))
        for row, texts in zip(table.rows, cells, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    document.add_heading("References", 1)
    for number, work in enumerate(source.works, start=1):
        document.add_paragraph(f"{number}. {work}")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def audited(folder: Path, content: str | bytes, name: str = "paper.xml") -> Report:
    """The audit of a document."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return audit_paper(read_paper(path))


TRIALS = Source(
    "Melatonin for Sleep in Hospitalised Adults: A Systematic Review and Meta-Analysis of Randomised Trials",

        "Sleep in hospital is poor. We searched three databases from inception to March "
        "2024. Of 1,204 records, eight trials were "

        "included, with a total of 842 participants across all included studies. Melatonin "
        "improved sleep quality (SMD 0.42, 95% CI "
    "0.18 to 0.66). Adverse events occurred in 41 of 421 participants (9.7%).",
    {
        "Introduction": [

                "Up to 50% of inpatients sleep badly [1,2]. Smith et al. [1] measured sleep in "
                "12 wards, and Jones and Brown [2] "

                "asked 340 nurses. A randomised controlled trial (RCT) is rarely done on wards; "
                "six earlier reviews reached no verdict [3]."
        ],
        "Methods": [

                "We followed PRISMA 2020. Two reviewers screened 100% of the titles. We searched "
                "PubMed, Embase, and CENTRAL for trials "
            "published between 1990 and 2024. The Pittsburgh Sleep Quality Index (PSQI) ranges from 0 to 21."
        ],
        "Results": [

                "The search identified 1,204 records (PubMed, n = 520; Embase, n = 484; CENTRAL, "
                "n = 200). After removal of 310 duplicates, "

                "894 records were screened, of which 850 were excluded. We assessed 44 full-text "
                "articles; 36 reports were excluded "

                "(wrong population, n = 14; no control group, n = 12; abstract only, n = 10), and "
                "eight trials were included in the review [4–11].",

                "The trials were published between 2009 and 2023 (Table 1). Four studies were conducted "
                "in Iran, two in Italy and two in "

                "Canada. In total, 8 trials with 842 participants (430 women and 412 men) were "
                "analysed. Of the participants, 421 (50.0%) "
            "received melatonin, 300 (35.6%) received placebo, and 121 (14.4%) received usual care.",

                "Three trials [4–6] used polysomnography and five trials [7–11] the PSQI. Of the "
                "eight trials, two [4,9] were at high risk "

                "of bias. Overall, the weighted mean age was 62.7 years. Delirium was rarer with "
                "melatonin (RR 0.71, 95% CI 0.52–0.97; I2 = 34%). "

                "In the trial by Rossi et al. [6], 12 of 60 patients (20%) stopped early. The PSQI "
                "fell by 3 points (95% CI, 1 to 5), and the PSQI "
            "of usual care rose by 5 (12%). Five of 8 trials (63%) were blinded.",
        ],
        "Discussion": [

                "In the eight included trials, sleep improved, as in two earlier reviews [2,3]. "
                "In one trial, the dose was 3 mg; "
            "in the others, it was 5 or 10 mg. The median stay was 7 days (range 3–21). We excluded 36 reports."
        ],
    },
    [
        (
            "Characteristics of the included studies",
            [
                "Study | Year | Country | Sample size | Age, years | Melatonin, n (%)",
                "Ahmadi et al. | 2009 | Iran | 100 | 60.0 | 50 (50%)",
                "Bianchi et al. | 2012 | Italy | 120 | 65.0 | 60 (50%)",
                "Rossi et al. | 2014 | Italy | 120 | 70.0 | 60 (50%)",
                "Karimi et al. | 2015 | Iran | 80 | 55.0 | 40 (50%)",
                "Rahimi et al. | 2018 | Iran | 90 | 58.0 | 45 (50%)",
                "Tremblay et al. | 2019 | Canada | 130 | 66.0 | 65 (50%)",
                "Moradi et al. | 2021 | Iran | 102 | 57.0 | 51 (50%)",
                "Wilson et al. | 2023 | Canada | 100 | 66.0 | 50 (50%)",
            ],
        ),
        (
            "Outcomes by group",
            [
                "Outcome | Melatonin (n = 421) | Control (n = 421)",
                "Adverse events, n (%) | 41 (9.7) | 44 (10.5)",
                "Delirium, n (%) | 50 (11.9) | 70 (16.6)",
                "Stopped early, n (%) | 33 (7.8) | 29 (6.9)",
                "PSQI, mean (SD) | 6.42 (2.1) | 8.11 (2.4)",
            ],
        ),
    ],
    [
        "Smith A, Lee B. Sleep on wards. Sleep Med. 2011;12:1-5. doi:10.1000/a1",
        "Jones C, Brown D. What nurses see. J Sleep. 2015;3:44. doi:10.1000/a2",
        "Green E. A review of melatonin. Rev. 2013;9:9. doi:10.1000/a3",
        *(
            f"{name} X. A trial. J. {year};1:1. doi:10.1000/b{number}"
            for number, (name, year) in enumerate(
                {
                    "Ahmadi": 2009, "Bianchi": 2012, "Rossi": 2014, "Karimi": 2015,
                    "Rahimi": 2018, "Tremblay": 2019, "Moradi": 2021, "Wilson": 2023,
                }.items()
            )
        ),
    ],
)  # fmt: skip

SCOPING = Source(
    "Simulation in Undergraduate Nursing Education: A Scoping Review of Evaluation Methods",

        "Twelve studies were included. Most evaluations relied on questionnaires (n = 9, "
        "75%). Evidence came from six countries.",
    {
        "Background": [

                "Simulation-based education (SBE) has spread over twenty years (1,2). About one "
                "third of programmes use it weekly (3), and "
            "the four levels of Kirkpatrick are the usual frame (4)."
        ],
        "Methods": [

                "The review follows the five stages of Arksey and O'Malley (5) and the PRISMA-ScR "
                "checklist. We limited the search to 2010–2022. "
            "Reviewers agreed on 92% of titles (κ = 0.81). SBE was defined by two authors."
        ],
        "Results": [

                "Searches returned 2,310 citations. After 410 duplicates were removed, 1,900 titles "
                "and abstracts were screened and 1,820 were "

                "excluded, leaving 80 full texts. Of these, 68 were excluded: not undergraduate "
                "(n = 30), no evaluation (n = 28), and not in English (n = 10). "

                "A further 5 theses were found by hand search but none was eligible. Finally, 12 "
                "studies were included in this scoping review (6-17).",

                "Of the 12 studies, 5 (41.7%) were quasi-experimental, 4 (33.3%) were qualitative, "
                "and 3 (25%) used mixed methods. "

                "Samples ranged from 18 to 240 students. Two studies (6,9) followed students for "
                "a year; the remaining studies did not. "

                "Satisfaction was measured in ten of the twelve studies (83%), knowledge in 7 studies "
                "(58%), and behaviour in 2 of 12 (17%). "

                "SBE scores rose by 12 points in one study, and the 9 studies (6–14) which used "
                "questionnaires had response rates of 61% to 98%.",

                "Studies were conducted in the United States (n = 4), Australia (n = 3), Turkey "
                "(n = 2), Norway (n = 1), Jordan (n = 1), and Brazil (n = 1).",
        ],
        "Discussion": [

                "Across the 12 included studies, methods were diverse. Earlier reviews found 30 "
                "to 52 studies (3,4). Of the 80 full texts, "
            "few reported behaviour. SBE needs better instruments; two in five studies gave no validity."
        ],
    },
    [
        (
            "Overview of the included studies",
            [
                "Author (year) | Country | Design | Students",
                "Adams (2011) | United States | Quasi-experimental | 40",
                "Baker & Cole (2012) | United States | Qualitative | 18",
                "Demir (2013) | Turkey | Quasi-experimental | 85",
                "Evans et al. (2014) | Australia | Mixed methods | 120",
                "Ford (2015) | United States | Qualitative | 22",
                "Gunay (2016) | Turkey | Quasi-experimental | 60",
                "Hansen (2016) | Norway | Qualitative | 20",
                "Ibrahim (2018) | Jordan | Quasi-experimental | 98",
                "Jensen (2019) | Australia | Mixed methods | 240",
                "Kelly (2020) | Australia | Qualitative | 25",
                "Lima (2021) | Brazil | Quasi-experimental | 66",
                "Moore (2022) | United States | Mixed methods | 71",
            ],
        )
    ],
    [
        *(f"Author{number} A. Title {number}. Journal. 2009;{number}:1." for number in range(1, 5)),
        "Arksey H, O'Malley L. Scoping studies. Int J. 2005;8:19.",
        *(
            f"{name} A. Simulation. Nurse Educ. {year};2:{number}."
            for number, (name, year) in enumerate(
                {
                    "Adams": 2011, "Baker": 2012, "Demir": 2013, "Evans": 2014, "Ford": 2015, "Gunay": 2016,
                    "Hansen": 2016, "Ibrahim": 2018, "Jensen": 2019, "Kelly": 2020, "Lima": 2021, "Moore": 2022,
                }.items()
            )
        ),
    ],
)  # fmt: skip

ECOLOGY = Source(
    "Neonicotinoids and Wild Bees: A Systematic Map",

        "We mapped 30 studies on wild bees. Half of the studies were done in the field. "
        "Of 30 studies, 18 (60%) reported harm.",
    {
        "Introduction": [

                "Bees pollinate 87.5% of flowering plants [1]. Twenty-five species of bumblebee "
                "have declined by 30% since 1990 [2–4]. "
            "The European Union banned three substances in 2018."
        ],
        "Methods": [

                "We searched 4 databases on 12 May 2023. The kappa of 100 abstracts was 0.72 (95% "
                "CI 0.60–0.84). Plots of 2 m2 counted as one site."
        ],
        "Results": [

                "In total, 5,431 records were identified: 3,210 from Web of Science, 1,821 from "
                "Scopus, and 400 from CAB Abstracts. We removed 1,431 "

                "duplicates and screened 4,000 records, of which 3,800 were excluded by title. "
                "Of the 200 articles read in full, 170 were excluded, "
            "and 30 studies were included in the map.",

                "Half of the studies (n = 15, 50%) were field studies, 10 (33.3%) were done in "
                "the laboratory, and 5 (16.7%) were semi-field. "

                "Imidacloprid was tested in 20 studies (66.7%), clothianidin in 14 studies (46.7%)"
                ", and both in 9 studies (30%). "

                "The median dose was 10 ppb (range 1–100 ppb). Colony weight was lower by 8 (12%)"
                " in one study [5] and by 20% in two studies [6,7].",

                "Bombus terrestris was the test species in 22 of the 30 studies (73%). Four studies "
                "[5–8] were funded by industry, and the three studies "

                "that tested mixtures [9,10] gave no doses for one. Survival was 64/80 (80%) in "
                "the largest trial. See also Table 1 of Hughes et al. [11].",
        ],
        "Discussion": [

                "The 30 studies speak for harm. Earlier maps had 12 and 19 studies [11,12]. In "
                "2 of 3 long studies, effects faded. "

                "The odds of harm were higher in the laboratory (OR 2.10, 95% CI 1.05–4.20). We "
                "found −0.5 (95% CI −0.9 to −0.1) for weight."
        ],
    },
    [
        (
            "Harm by setting",
            [
                "Setting | Studies | Harm, n (%)",
                "Field | 15 | 7 (46.7)",
                "Laboratory | 10 | 8 (80.0)",
                "Semi-field | 5 | 3 (60.0)",
                "Total | 30 | 18 (60.0)",
            ],
        )
    ],
    [
        *(f"Writer{number} B. Bees {number}. Ecol. 2010;{number}:1. doi:10.2000/e{number}" for number in range(1, 11)),
        "Hughes C, Dale E. A map. Ecol. 2019. doi:10.2000/e11",
        "Ito D. Another map. Ecol. 2020. doi:10.2000/e12",
    ],
)  # fmt: skip

CLEAN = {"trials": TRIALS, "scoping": SCOPING, "ecology": ECOLOGY}


def boxed(texts: Sequence[str]) -> bytes:
    """A Word document whose flow figure is text boxes, with a paragraph beside them."""
    document = docx.Document()
    document.add_heading("Results", 1)
    document.add_paragraph("The selection is shown in the figure, and nothing else is said about it here.")
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    for text in texts:
        shape = (
            f'<w:r xmlns:w="{namespace}" xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape><v:textbox>'
            f"<w:txbxContent><w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p></w:txbxContent>"
            "</v:textbox></v:shape></w:pict></w:r>"
        )
        document.add_paragraph()._p.append(parse_xml(shape))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
