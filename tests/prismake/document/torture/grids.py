"""What a reader expects of each table: in Word (XPath in the table), in the PDF (words), in JATS (XPath)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Grid:
    """One table of the torture manuscript by its caption: XPath in Word's and JATS's table, words in the PDF."""

    caption: str
    word: tuple[str, ...]
    pdf: tuple[str, ...]
    jats: tuple[str, ...]


HEADED = ("count(w:tr[w:trPr/w:tblHeader])=1", "w:tr[1]/w:trPr/w:tblHeader")
HEADLESS = ("not(.//w:tblHeader)", "w:tblPr/w:tblLook[@w:firstRow='0']")

TABLES = [
    Grid(
        "A simple table",
        HEADED,
        ("Right Left Center Default 12 12 12 12 123 123 123 123",),
        ("count(.//thead/tr)=1", "count(.//tbody/tr)=2"),
    ),
    Grid(
        "A simple table without header", HEADLESS, ("without header 71 72 73 74",), ("not(.//thead)", ".//td[.='71']")
    ),
    Grid(
        "A multiline table",
        (*HEADED, "w:tr[2]/w:tc[4][contains(., 'Example of a row that spans multiple lines.')]"),
        ("Example of a row that spans multiple lines.", "Second row 5.0 Here’s another one."),
        (".//thead//th[contains(., 'Centered')]", ".//tbody/tr[2]/td[4][contains(., 'another one.')]"),
    ),
    Grid(
        "A multiline table without header",
        HEADLESS,
        ("Third row 12.0", "Fourth row 5.0"),
        ("not(.//thead)", "count(.//tr)=2"),
    ),
    Grid(
        "A pipe table with a note",
        (*HEADED, ".//m:oMath", "w:tr[3]//w:footnoteReference", "w:tr[2]/w:tc[1]//w:rStyle[@w:val='VerbatimChar']"),
        ("Left Right Centre", "The note of a caption.", "The note of a cell."),
        (
            ".//td/monospace[.='a|b']",
            ".//td//mml:math",
            ".//td//xref[@ref-type='bibr']",
            "caption//xref[@ref-type='fn']|caption//fn",
        ),
    ),
    Grid("A pipe table without header", HEADLESS, ("p1 p2 p3 p4",), ("not(.//thead)", "count(.//tr)=2")),
    Grid(
        "A grid table with blocks",
        (
            *HEADED,
            "w:tr[2]/w:tc[3][count(w:p[w:pPr/w:numPr])=2]",
            "w:tr[3]/w:tc[2][count(w:p)=2]",
            "w:tr[3]/w:tc[3][count(w:p)=2]",
            "w:tr[4]/w:tc[2][count(w:p[w:pPr/w:numPr])=2]",
            "w:tr[4]/w:tc[3]/w:p[w:pPr/w:pStyle/@w:val='SourceCode']",
            "w:tr[5]/w:tc[2]//w:br",
            "w:tr[5]/w:tc[3]//wp:docPr[@descr='square']",
        ),
        (
            "$1.34",
            "• built-in wrapper • bright colour",
            "First paragraph.",
            "Second paragraph.",
            "1. one 2. two",
            "line one line two",
        ),
        (
            ".//td//list[@list-type='bullet'][count(list-item)=2]",
            ".//td[count(p)=2][p='Second paragraph.']",
            ".//td//preformat[.='x <- 1']",
            ".//td//disp-quote",
            ".//td//verse-group[count(verse-line)=2]",
            ".//td//inline-graphic[@xlink:href='figures/mark.png']",
        ),
    ),
    Grid(
        "A table with merged cells",
        (
            "count(w:tr[w:trPr/w:tblHeader])=2",
            "w:tr[1]/w:tc[2][w:tcPr/w:gridSpan/@w:val='2'][.='Outcomes']",
            "w:tr[1]/w:tc[1]/w:tcPr/w:vMerge[@w:val='restart']",
            "w:tr[2]/w:tc[1]/w:tcPr/w:vMerge[not(@w:val) or @w:val='continue']",
            "w:tr[4]/w:tc[2][w:tcPr/w:gridSpan/@w:val='2'][.='both none']",
            "w:tr[4]/w:tc[3]/w:tcPr/w:vMerge[@w:val='restart']",
            "count(w:tr[5]/w:tc)=4",
        ),
        ("Outcomes", "Pain Limp", "both none"),
        (
            ".//thead/tr[1]/th[2][@colspan='2'][.='Outcomes']",
            ".//thead/tr[1]/th[1][@rowspan='2']",
            ".//tbody/tr[2]/td[2][@colspan='2'][.='both none']",
            ".//tbody/tr[2]/td[3][@rowspan='2'][.='b']",
            "count(.//tbody/tr[3]/td)=3",
        ),
    ),
    Grid(
        "A table with a foot",
        (*HEADED, "w:tr[4][w:tc[1]='Total']", "w:tr[4]/w:tc/w:tcPr/w:tcBorders/w:top"),
        ("Group Count One 1 Two 2 Total 3",),
        (".//tfoot//td[.='Total']",),
    ),
    Grid("A grid table without header", HEADLESS, ("g1 g2 g3 g4",), ("not(.//thead)", "count(.//tr)=2")),
    Grid("A table that names itself", HEADED, ("Alone Here x1 x2",), (".//td[.='x2']",)),
    Grid(
        "A table with a header column",
        (
            *HEADED,
            "w:tblPr/w:tblLook[@w:val='00A0'][@w:firstRow='1'][@w:firstColumn='1']",
            "count(w:tr/w:tc[starts-with(w:p/w:pPr/w:pStyle/@w:val, 'TableHeader')])=5",
            "w:tr[3]/w:tc[1][.='Limp']/w:p/w:pPr/w:pStyle[starts-with(@w:val, 'TableHeader')]",
            "w:tr[3]/w:tc[1]/w:tcPr[not(w:vAlign)]",
        ),
        ("Sign Before After Pain h1 h2 Limp h3 h4",),
        (
            ".//tbody/tr[2]/th[@scope='row'][.='Limp']",
            "count(.//th[@scope])=2",
            "count(.//td)=4",
            "not(.//thead//@scope)",
        ),
    ),
    Grid(
        "A table with two header columns",
        (
            *HEADED,
            "w:tblPr/w:tblLook[@w:firstColumn='1']",
            "w:tr[2]/w:tc[1]/w:tcPr/w:vMerge[@w:val='restart']",
            "w:tr[3]/w:tc[2][.='Numb']/w:p/w:pPr/w:pStyle[starts-with(@w:val, 'TableHeader')]",
            "w:tr[3]/w:tc[3]/w:p/w:pPr/w:pStyle[starts-with(@w:val, 'TableText')]",
        ),
        ("Limp c1", "Group A", "Numb c2", "Group B Weak c3"),
        (
            ".//tbody/tr[1]/th[1][@rowspan='2'][@scope='row']",
            ".//tbody/tr[2][th[.='Numb']][td='c2']",
            "count(.//tbody//th)=5",
        ),
    ),
    Grid("A table in a quotation", HEADED, ("Inside A quotation q1 q2",), (".//td[.='q2']",)),
    Grid("A table in a list", HEADED, ("Inside A list l1 l2",), (".//td[.='l2']",)),
]
