"""What a reader expects of each construct: in Word (XPath in its section), in the PDF (words), in JATS (XPath)."""

from __future__ import annotations

from dataclasses import dataclass

RAISED = "w:rPr/w:vertAlign[@w:val='superscript']"
LIST = "//w:p[w:pPr/w:numPr]"
# The square of a difference in brackets, and not of the closing one.
SQUARED = "//m:sSup[m:sup//m:t='2'][m:e/m:d[m:dPr/m:begChr/@m:val='('][m:dPr/m:endChr/@m:val=')']/m:e[.//m:t='−']]"


@dataclass(frozen=True)
class Construct:
    """One section of the torture manuscript by its heading."""

    heading: str
    word: tuple[str, ...]
    pdf: tuple[str, ...]
    jats: tuple[str, ...]


def _styled(style: str, words: str) -> str:
    return f"//w:p[w:pPr/w:pStyle/@w:val='{style}'][contains(string(.), '{words}')]"


def _run(property: str, words: str) -> str:
    return f"//w:r[w:rPr/{property}][w:t='{words}']"


def _link(number: str) -> str:
    """A raised number that leads to its work."""
    return f"//w:hyperlink[starts-with(@w:anchor, '_Work_')]/w:r[{RAISED}][w:t='{number}']"


CONSTRUCTS = [
    Construct(
        "Emphasis",
        (
            _run("w:i", "slanted"),
            _run("w:b", "heavy"),
            "//w:r[w:rPr/w:b and w:rPr/w:i][w:t='both']",
            "//w:r[w:rPr/w:vertAlign/@w:val='subscript'][w:t='2']",
            f"//w:r[{RAISED}][w:t='3']",
            _run("w:strike", "withdrawn"),
            _run("w:smallCaps", "Small Capitals"),
            _run("w:u", "underlined"),
            _run("w:u", "under again"),
        ),
        ("Plain, slanted, heavy, both, H2O, 103, withdrawn,", "underlined and under again."),
        (
            ".//italic[.='slanted']",
            ".//bold[.='heavy']",
            ".//sub[.='2']",
            ".//sup[.='3']",
            ".//strike[.='withdrawn']",
            ".//sc[.='Small Capitals']",
            "count(.//underline)=2",
        ),
    ),
    Construct(
        "Breaks",
        ("count(//w:br)=2",),
        ("First line second line third line.",),
        (".//p[normalize-space()='First line second line third line.']",),
    ),
    Construct(
        "Fixed blanks",
        ("//w:t[contains(., '5\u00a0mg of 10\u00a0kg')]", "//w:p[contains(., 'soft line end')]"),
        ("5 mg of 10 kg and a soft line end.",),
        (".//p[contains(., '5\u00a0mg of 10\u00a0kg and a soft line end')]",),
    ),
    Construct(
        "Quotation marks",
        ("//w:p[contains(., '“Double” and ‘single’, the patient’s “nested ‘inner’ words”; pages 3–5, a pause')]",),
        ("“Double” and ‘single’, the patient’s “nested ‘inner’ words”; pages 3–5, a pause — and more…",),
        (".//p[contains(., '“nested ‘inner’ words”; pages 3–5, a pause — and more…')]",),
    ),
    Construct(
        "Escapes",
        ("//w:p[contains(., '*stars*, [brackets], @handle, $5 and $6, 5 < 6 > 4, a_b, R&D, AT&T, α, C:\\temp')]",),
        ("*stars*, [brackets], @handle, $5 and $6, 5 < 6 > 4, a_b, R&D, AT&T, α, C:\\temp, 50% and <b>.",),
        (".//p[contains(., 'R&D, AT&T, α, C:\\temp, 50% and <b>.')]",),
    ),
    Construct(
        "Plain dollars",
        ("//w:p[.='The cost rose from $5 to $10 and later to US$20.']", "not(//m:oMath)"),
        ("The cost rose from $5 to $10 and later to US$20.",),
        ("not(.//inline-formula)",),
    ),
    Construct(
        "Links",
        ("count(//w:hyperlink)=6", _styled("FirstParagraph", "https://example.org/auto")),
        ("The registry, https://example.org/auto, mail@example.org, by reference, its title and",),
        (
            ".//ext-link[@xlink:href='https://example.org/registry?a=1&b=2'][.='The registry']",
            "count(.//ext-link | .//email)=6",
            ".//ext-link[.='x2']",
        ),
    ),
    Construct(
        "Inline code",
        ("//w:r[w:rPr/w:rStyle/@w:val='VerbatimChar'][w:t='snakemake  --cores 2 # go']",),
        ("Run snakemake --cores 2 # go twice.",),
        (".//monospace[.='snakemake  --cores 2 # go']",),
    ),
    Construct(
        "Inline mathematics",
        ("count(//w:p/m:oMath)=2", "//m:acc[m:e//m:t='θ']", "//m:sSup"),
        ("The effect was", "with"),
        ("count(.//inline-formula//mml:math)=2", ".//inline-formula//tex-math[.='I^2 = 40\\%']"),
    ),
    Construct(
        "Displayed mathematics",
        ("count(//m:oMathPara)=2", "//m:nary", "//m:f", "//m:rad", SQUARED),
        ("The statistic is", "where weights are inverse variances."),
        (
            "count(.//disp-formula//mml:math)=2",
            ".//disp-formula//mml:mfrac",
            ".//mml:msup[mml:mrow[mml:mo[1]='('][mml:mo[last()]=')']][mml:mn='2']",
        ),
    ),
    Construct(
        "Spans",
        ("//w:p[.='A marked word and a change.']", "not(//w:ins)"),
        ("A marked word and a change.",),
        (".//p[.='A marked word and a change.']",),
    ),
    Construct(
        "Comments",
        ("//w:p[.='Before. After.']", "//w:p[.='Words together.']", "count(//w:p)=3"),
        ("Comments Before. After. Words together.",),
        (".//p[.='Before. After.']", "count(p)=2"),
    ),
    Construct(
        "Pictures in a sentence",
        (
            "//w:p[contains(., 'The mark ')][count(.//w:drawing)=2]",
            "//wp:docPr[@descr='a grey square']",
            "//wp:docPr[@descr='another square']",
            "//wp:extent[@cx>143900 and @cx<144100]",
        ),
        ("The mark stands for a study and for a report.",),
        (".//p[contains(., 'The mark ')]/inline-graphic[@xlink:href='figures/mark.png'][alt-text='a grey square']",),
    ),
    Construct(
        "Setext of the second level",
        (_styled("Heading2", "Setext"), "//w:p[.='Under a setext heading.']"),
        ("Setext of the second level Under a setext heading.",),
        ("p[.='Under a setext heading.']",),
    ),
    Construct(
        "Closed heading",
        ("//w:p[w:pPr/w:pStyle/@w:val='Heading2'][.='Closed heading']",),
        ("Closed heading Under a closed heading.",),
        ("title[.='Closed heading']",),
    ),
    Construct(
        "Heading with emphasis, x2 and a citation1",
        (
            _styled("Heading3", "Heading with"),
            "//m:sSup",
            f"//w:r[{RAISED}][w:t='1']",
            "//w:p[.='Under the third level.']",
        ),
        ("and a citation1 Under the third level.",),
        ("title//xref[@ref-type='bibr']", "title//mml:math"),
    ),
    Construct(
        "Bullet list",
        (f"count({LIST})=3", "//w:p[.='Text after it.'][not(w:pPr/w:numPr)]"),
        ("• first point • second point • third point Text after it.",),
        ("list[@list-type='bullet'][count(list-item)=3]",),
    ),
    Construct(
        "Ordered list",
        (f"count({LIST})=6", "count(//w:numId[not(@w:val=preceding::w:numId/@w:val)])=3"),
        ("3. third step 4. fourth step a) letter one b) letter two iv. roman four v. roman five",),
        (
            "list[1]/list-item[1][label='3.']",
            "list[2][@list-type='alpha-lower' or list-item/label='a)']",
            "list[3]/list-item[1][label='iv.']",
        ),
    ),
    Construct(
        "Nested list",
        ("count(//w:ilvl[@w:val='0'])=2", "count(//w:ilvl[@w:val='1'])=3", "count(//w:ilvl[@w:val='2'])=1"),
        ("1. outer one • inner one • inner two 2. outer two a. deeper one i. deepest one",),
        ("list/list-item/list/list-item/list/list-item[normalize-space()='deepest one']",),
    ),
    Construct(
        "Loose list",
        (
            f"count({LIST})=3",
            "not(//w:p[not(w:pPr/w:pStyle)])",
            "count(//w:numId[not(@w:val=preceding::w:numId/@w:val)])=2",
        ),
        ("• loose point one its second paragraph • loose point two",),
        ("list/list-item[1][count(p)=2]", "list/list-item[2][count(p)=1]"),
    ),
    Construct(
        "Resumed list",
        (f"count({LIST})=2", "//w:p[.='Between the items.']"),
        ("1. before the break Between the items. 2. after the break",),
        ("list[2]/list-item/label[.='2.']",),
    ),
    Construct(
        "Task list",
        (f"count({LIST})=2", "count(//w:numId[not(@w:val=preceding::w:numId/@w:val)])=2", "//w:p[.='open task']"),
        ("☐ open task", "☒ finished task"),
        (".//p[.='☐ open task']",),
    ),
    Construct(
        "Example list",
        (f"count({LIST})=3", "//w:p[.='Between them, as (2) shows.']"),
        ("(1) first example (2) second example Between them, as (2) shows. (3) third example",),
        ("list[2]/list-item/label[.='(3)']", "p[.='Between them, as (2) shows.']"),
    ),
    Construct(
        "Definition list",
        (
            "count(//w:p[w:pPr/w:pStyle/@w:val='DefinitionTerm'])=3",
            "count(//w:p[w:pPr/w:pStyle/@w:val='Definition'])=5",
        ),
        ("Sensitivity Share of the sick who test positive. Specificity", "With a second paragraph. Loose term A loose"),
        ("count(def-list/def-item)=3", "def-list/def-item[2]/def[count(p)=2]", "def-list/def-item[3]/term/italic"),
    ),
    Construct(
        "Rule",
        ("//w:p[w:pPr/w:pStyle/@w:val='HorizontalRule']", "not(//w:pict)"),
        ("Before the rule. After the rule.",),
        ("p[@content-type='thematic-break']",),
    ),
    Construct(
        "Quotation",
        (
            "count(//w:p[w:pPr/w:pStyle/@w:val='BlockText'])>=3",
            "count(//w:p[w:pPr/w:ind/@w:left='960'])=1",
            "//w:p[w:pPr/w:pStyle/@w:val='BlockText'][w:pPr/w:ind/@w:left='960'][.='A quotation inside.']",
            f"count({LIST})=1",
            f"//w:r[{RAISED}][w:t='1']",
        ),
        ("A quoted paragraph. Its second paragraph with emphasis.1 A quotation inside. • a quoted point",),
        ("disp-quote[count(p)=2]/disp-quote/p[.='A quotation inside.']", "disp-quote/list"),
    ),
    Construct(
        "Fenced code",
        (
            "//w:p[w:pPr/w:pStyle/@w:val='SourceCode'][count(.//w:br)=3]",
            "//w:t[contains(., '    return sum(effects)  #')]",
        ),
        ('def pool(effects): return sum(effects) # two blanks print("done") <!-- stays -->',),
        ("code[@language='python'][contains(., '\n    return sum(effects)  # two  blanks\n\nprint')]",),
    ),
    Construct(
        "Indented code",
        ("//w:p[w:pPr/w:pStyle/@w:val='SourceCode'][count(.//w:br)=1]", "//w:t[contains(., '    a & b')]"),
        ("if a < b: a & b",),
        ("preformat[.='if a < b:\n    a & b']",),
    ),
    Construct(
        "Line block",
        ("//w:p[count(.//w:br)=3]", _run("w:i", "stanza")),
        ("The limerick packs laughs anatomical In space that is quite economical. A new stanza",),
        ("verse-group[count(verse-line)=4]", "verse-group/verse-line[4][.='A new stanza']/italic"),
    ),
    Construct(
        "Division",
        ("//w:p[.='A paragraph in a division.']", f"count({LIST})=1"),
        ("A paragraph in a division. • a point in a division",),
        (".//p[.='A paragraph in a division.']",),
    ),
    Construct(
        "Note in text",
        ("count(//w:footnoteReference)=2",),
        ("A claim.a A second claim.b", "An inline note with emphasis.", "The first note has"),
        ("count(.//xref[@ref-type='fn'])=2 or count(.//fn)=2",),
    ),
    Construct(
        "Note with a citation",
        ("count(//w:footnoteReference)=1",),
        ("A cited claim.c", "and others.1(p7)"),
        (".//xref[@ref-type='fn'][.='c']|.//fn[label='c']",),
    ),
    Construct(
        "Heading with a note",
        (
            "//w:p[w:pPr/w:pStyle/@w:val='Heading2']//w:footnoteReference",
            "//w:p[w:pPr/w:pStyle/@w:val='FirstParagraph'][contains(., 'Under it.')]",
        ),
        ("Heading with a noted Under it.", "The note of a heading."),
        ("title//xref[@ref-type='fn']|title//fn",),
    ),
    Construct(
        "Note in a list",
        (f"{LIST}//w:footnoteReference", "//w:p[w:pPr/w:pStyle/@w:val='Definition']//w:footnoteReference"),
        ("• a pointe Term a definitionf", "The note of a point.", "The note of a definition."),
        ("list//xref[@ref-type='fn']|list//fn", "def-list//xref[@ref-type='fn']|def-list//fn"),
    ),
    Construct(
        "Note in a quotation",
        ("//w:p[w:pPr/w:pStyle/@w:val='BlockText']//w:footnoteReference",),
        ("A quoted claim.g", "The note of a quotation."),
        ("disp-quote//xref[@ref-type='fn']|disp-quote//fn",),
    ),
    Construct(
        "Plain citations",
        (_link("1"), f"//w:hyperlink/w:r[{RAISED}][w:t='2']", "//w:p[.='One,1 two,1,2 a range.1–4']"),
        ("One,1 two,1,2 a range.1–4",),
        ("count(.//xref[@ref-type='bibr'])>=3",),
    ),
    Construct(
        "Locators",
        ("//w:p[contains(., '1(p223)')]", "//w:p[contains(., '1(pp33–35)')]", "//w:p[contains(., '2(chap3)')]"),
        ("Page,1(p223) pages,1(pp33–35) chapter,2(chap3) forced.3(fig2)",),
        (".//p[contains(., '(p223)')]",),
    ),
    Construct(
        "Prefixes and suffixes",
        ("//w:p[contains(., 'see 1,also 2, and others')]", "//w:p[contains(., '3 with comments')]"),
        ("see 1,also 2, and others followed.3 with comments",),
        (".//p[contains(., 'and others')]",),
    ),
    Construct("Without author", (f"//w:r[{RAISED}][w:t='1']",), ("As stated.1",), (".//xref[@ref-type='bibr']",)),
    Construct(
        "In running text",
        ("//w:p[.='Adams and Baker1 shows it, Böhm2(p5) agrees, and so does Clark and Itor.3']",),
        ("Adams and Baker1 shows it, Böhm2(p5) agrees, and so does Clark and Itor.3",),
        (".//p[starts-with(normalize-space(.), 'Adams and Baker')]",),
    ),
    Construct(
        "Side by side",
        ("//w:p[.='Neighbours1,2 and.3,4']",),
        ("Neighbours1,2 and.3,4",),
        ("count(.//xref[@ref-type='bibr'])=4",),
    ),
    Construct(
        "Marked citations",
        (f"//w:r[{RAISED}][w:t='1'][not(w:rPr/w:i)]", _link("2"), _run("w:i", "see words"), _run("w:strike", "gone")),
        ("Marked citations see words1,2 and gone.3",),
        ("count(.//xref[@ref-type='bibr'])=3", "not(.//italic//xref)"),
    ),
    Construct(
        "Accents in keys",
        ("//w:p[.='Accented5,6 and Žižek.7']",),
        ("Accented5,6 and Žižek.7",),
        ("count(.//xref[@ref-type='bibr'])=3", "not(.//xref[not(@rid=//ref/@id)])"),
    ),
    Construct(
        "First cited in a note",
        ("count(//w:footnoteReference)=1", f"//w:r[{RAISED}][w:t='9']"),
        ("Then another.9", "First here.8"),
        (".//xref[@ref-type='bibr'][.='9']",),
    ),
    Construct(
        "Figure",
        (
            "//w:instrText[contains(., 'REF _Ref_fig_1 ')]",
            "//w:drawing",
            "//m:oMath",
            "//w:footnoteReference",
            "//w:p[contains(., 'Figure\u00a01B too')]",
        ),
        ("As Figure 1 shows, and Figure 1B too.", "Figure 1 A plot of effects with", "The note of a figure."),
        ("fig/caption/title[contains(., 'A plot of ')]//mml:math", "fig/alt-text[.='Effects of five studies']"),
    ),
    Construct(
        "Figure in a quotation",
        (
            "//w:p[w:pPr/w:pStyle/@w:val='BlockText'][contains(., 'A quoted line before')]",
            "//w:p[w:pPr/w:pStyle/@w:val='Figure']//wp:docPr[@descr='A plot that was quoted']",
            _styled("ImageCaption", "A quoted plot"),
        ),
        ("A quoted line before Figure 2. A quoted line after.", "Figure 2 A quoted plot"),
        ("fig[label='Figure 2']", "disp-quote[count(p)=2]"),
    ),
    Construct(
        "Figure in a list",
        (f"count({LIST})=2", "//w:p[w:pPr/w:pStyle/@w:val='Figure']//wp:docPr[@descr='A plot in a list']"),
        ("1. a step with Figure 3", "2. a step after", "Figure 3 A listed plot"),
        ("fig[label='Figure 3']", "list[count(list-item)=2]"),
    ),
    Construct(
        "Several references",
        ("count(//w:instrText[contains(., ' REF ')])=4",),
        ("Both Tables 1 and 2 and Tables 1–3.",),
        ("count(.//xref[@ref-type='table'])=3", ".//xref[@rid='tbl-1 tbl-2 tbl-3']"),
    ),
]
