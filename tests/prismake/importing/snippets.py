"""Small made-up exports in the styles of the platforms; none is copied from a real one."""

# Exports have their own line lengths and ends.
# ruff: noqa: E501, W291

from __future__ import annotations

import base64
import json
import zlib

EMBASE_RIS = """TY  - JOUR
M3  - Article
Y1  - 2021
VL  - 15
IS  - 2
SP  - 101
EP  - 109
SN  - 1234-5679
SN  - 2345-6783
JF  - Journal of Invented Spine Care
JO  - J. Invent. Spine Care
UR  - https://www.embase.com/search/results?subaction=viewrecord&id=L2012345678&from=export
U2  - L2012345678
C5  - 39000001
DB  - Embase
DB  - Medline
L2  - http://dx.doi.org/10.5555/JISC.2021.101
DO  - 10.5555/JISC.2021.101
A1  - Example, A.B.
A1  - Sample, C.
M1  - (Example A.B.) Department One, Example University, City, Country
AD  - A.B. Example, Example University, City, Country
T1  - Removal of leaked cement: a made-up <i>series</i> of cases &amp; outcomes
LA  - English
KW  - case report
KW  - vertebroplasty
N2  - Background: nothing here is real.
Method(s): invented.
Result(s): p &lt; 0.05 in H<sub>2</sub>O.
ER  -

"""

COCHRANE_RIS = """Record #1 of 2
Provider: John Wiley & Sons, Ltd.
Content: text/plain; charset="UTF-8"

TY  -  JOUR
AN  -  CN-01234567
AU  -  Example, A
TI  -  A made-up trial of nothing
JA  -  Trials of examples
PY  -  2019
VL  -  3
SP  -  7
C3  -  PUBMED 39000002
M3  -  Journal article
DO  -  10.5555/trial.7
AB  -  Nothing was tried.
ER  -

Record #2 of 2
Provider: John Wiley & Sons, Ltd.
Content: text/plain; charset="UTF-8"

TY  -  JOUR
AN  -  CN-02345678
AU  -  NCT09999999
TI  -  Registration of a made-up trial
JA  -  https://clinicaltrials.gov/show/NCT09999999
PY  -  2020
C3  -  CTgov NCT09999999
M3  -  Trial registry record; Clinical trial
UR  -  https://www.cochranelibrary.com/central/doi/10.1002/central/CN-02345678/full
ER  -

"""

OVID_RIS = """1.
TY  - JOUR
DB  - APA PsycInfo <2021>
ID  - 2021-99999-001
DO  - https://dx.doi.org/10.5555/psy.1
T1  - Thinking about examples. [References].
A1  - Example, Anna
Y1  - 2021//
N2  - An abstract.
M3  - Cognitive Processes [2340]
JF  - Journal of Example Thinking
VL  - 13
SP  - No
EP  - Specified
SN  - 1234-5679
M1  - Sample, B. (2000). A cited work.
M1  - Sample, B. (2001). Another cited work.
PT  - Journal, Peer Reviewed Journal
ER  -
Link to the Ovid Full Text or citation:
http://ovidsp.example.org/1

2.
TY  - JOUR
DB  - APA PsycInfo <2022>
ID  - 2022-99999-002
T1  - A second example
A1  - Other, B.
Y1  - 2022//
JF  - Journal of Example Thinking
ER  -

C1  - 1   exp examples/
"""

EBSCO_RIS = """TY  - JOUR
AU  - Example, A.
T1  - A note with everything in it.
JO  - Example Quarterly
JF  - Example Quarterly
Y1  - 2018/09//
VL  - 4
IS  - 1
M3  - Article
SN  - 12345679
AB  - What it says.
AB  - Copyright of Example Quarterly is the property of nobody and may be copied.
L3  - 10.5555/eq.4.1
N1  - Accession Number: 998877665; Example, A. 1; Source Info: Sep2018; Publication Type: Academic Journal; Keywords: x
DP  - EBSCOhost
ER  -

"""

# A byte order mark, a record without its end, one without its start, and a line that only looks like a tag.
ODD_RIS = """\ufeffTY  - JOUR
TI  - The first record
N1  - first line
      second line
AB - is a blood group, and this line is text
ID  - 17
TY  - JOUR
TI  - The second record
ER  - 
TI  - The third record has no type
PY  - 2003
ER  - 
TY  - BOOK
T1  - The fourth record
A2  - Editor, E.
SP  - 12
EP  - 12
ER  - 
"""

# Tags before TY, ends without a hyphen, records without TY, one of them indented, and end-of-file marks of joined files.
LOOSE_RIS = """ AN  - 17
ER  -

DB  - Made-up
TI  - Tags before the type
SP  - 67-76
TY  - JOUR
PY  - 2006
KW  - cells
ER
stain
ER

TY  - JOUR
TI  - The end has a hyphen alone
ER-

  TI  - Indented, no type
  PY  - 2003
  ER  -
\x1aTY  - JOUR
TI  - The last
ER
\x1a\x1a"""

MEDLINE = """
PMID- 39000003
OWN - NLM
STAT- MEDLINE
IS  - 1234-5679 (Electronic)
IS  - 2345-6783 (Print)
VI  - 63
IP  - 2
DP  - 2020 Feb
TI  - A made-up title that goes on over
      two lines.
PG  - 10-4
LID - S1769-0000(19)30059-X [pii]
LID - 10.5555/made.up.3 [doi]
AB  - An abstract that goes on over
      two lines, too.
FAU - Example, Anna B
AU  - Example AB
FAU - Sample, Carl
AU  - Sample C
CN  - Example Study Group
LA  - eng
SI  - ClinicalTrials.gov/NCT09999998
PT  - Case Reports
PT  - Journal Article
TA  - J Ex
JT  - Journal of examples
MH  - Humans
OT  - examples
PMC - PMC9999999
EIN - J Ex. 2021;64:1
SO  - J Ex. 2020 Feb;63(2):10-4. doi: 10.5555/made.up.3.
PMID- 39000004
OWN - NLM
TI  - No blank line before this one.
DP  - 2021
AU  - Other OT
PT  - Review

OWN - ERIC
TI  - A record without a PMID
OID - EJ9999999
ISSN - ISSN-1234-5679
DP  - 1999
"""

PUBMED_TEXT = """1. J Ex. 2020 Feb;63(2):10-4. doi: 
10.5555/made.up.3. Epub 2019 Dec 1.

A made-up title that goes on over
two lines.

Example AB(1)(2), van der Sample C 3rd(1), Other DE Jr; Example Study Group.

Author information:
(1)Department One, Example University, City, Country.
(2)Department Two. Electronic address: 
a.example@example.org.

Comment in
    J Ex. 2021;64:1-2. doi: 10.5555/comment.

BACKGROUND: Nothing here is real.
2. is no counter, for it stands in a text.

A second paragraph.

© 2020. The Authors.

DOI: 10.5555/made.up.3
PMCID: PMC9999999
PMID: 39000003 [Indexed for MEDLINE]

Conflict of interest statement: The authors declare 
none.


2. Ex Rev [Preprint]. 2021 Jan 1:2021.01.01.000001.

[A title in another language].

[Article in Examplish]

[No authors listed]

PMID: 39000004


3. RETRACTED ARTICLE

Ex Rev. 2022;7(Suppl 1):e12.e3; discussion e4. doi: 10.5555/r.1. eCollection 2022.

Withdrawn.

Sample C.

Retraction in
    Ex Rev. 2023;8:1.

Only a text without addresses.

PMID: 39000005
"""

WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Example, A
   Sample, C
AF Example, Anna B.
   Sample, Carl (c.sample@example.org)
TI Made-up things on
   two lines
SO JOURNAL OF MADE-UP THINGS
DT Article; Early Access
DE things; made-up things
AB Text that
   goes on.
SN 1234-5679
EI 2345-6783
J9 J MADE UP THINGS
PD JAN
PY 2022
VL 9
AR 107
DI 10.5555/jmt.107
PM 39000005
UT WOS:000999999900001
UK unheard-of tag
ER

PT S
AU Other, B
TI Made-up proceedings
SO PROCEEDINGS OF NOTHING
DT Proceedings Paper
BP 5
EP 9
PY 2021
UT WOS:000999999900002
ER

EF
"""

OVID = """<1. >
VN  - Ovid Technologies
DB  - Embase
UI  - 2098765432
ST  - CONFERENCE ABSTRACT
TI  - A made-up abstract: one example.
SO  - Examples Proceedings. Conference: First Meeting of Nobody. Nowhere. 12 (Supplement 3) (no pagination), 2018. Date of Publication: 2018.
AU  - Example A.
AU  - Sample C.S.
IN  - (Example) Department One
      (Sample) Department Two
AB  - Background: nothing.
Method(s): nothing.
Result(s): nothing.
IS  - 1234-5679
DO  - http://dx.doi.org/10.5555/ov.1
LG  - English
PT  - Conference Abstract
YR  - 2018

<2. >
VN  - Ovid Technologies
DB  - Ovid MEDLINE(R)
UI  - 39000006
TI  - Another.
SO  - Journal of Examples. 57(1):38-41, 2005 Jan.
AU  - Other B
PT  - Journal Article.
"""

OVID_LABELLED = """<1>
Accession Number
  39000007
Database
  Ovid MEDLINE(R)
Title
  A labelled record.
Author
  Example A
  Sample C
Source
  Journal of Examples. 58(2):1-9, 2006 Feb.
Abstract
  A text.

<2>
Accession Number
  39000008
Title
  Another labelled record.
"""

ENDNOTE_TAGGED = """%0 Journal Article
%T A tagged record
%A Example, Anna
%A Sample, Carl
%J Journal of Tags
%D 2011
%V 3
%N 4
%P 5-6
%@ 1234-5679
%R 10.5555/tag.1
%K one
two
%X A text
on two lines
%M 39000009

%T A record without a type
%A Other, Bert
%D 2012
%0 Book
%T A record without a blank line before it
%0 Book
%T One more
"""

BIBTEX = """@string{jex = {Journal of Examples}}

@comment{not a record}

@article{example2020,
  author = {M{\\"u}ller, Anna and Sample, Carl},
  title = {The {BIG} example: p \\& q},
  journal = jex,
  year = 2020,
  volume = {1},
  number = {2},
  pages = {3--4},
  doi = {10.5555/bib.1},
  keywords = {one, two},
}

@article{example2020,
  author = {Other, Bert},
  title = {The same key},
  year = {2021},
}

@article{,
  title = {No key at all},
  Early Access Date = {{MAY 2020}},
  year = {2020},
}

@article{twice,
  title = {A field twice},
  note = {one},
  note = {two},
}

@inproceedings{broken,
  title = {The brace {is not closed,
  year = {2019},

@book{ WOS:000999999900003,
  Title = {{After the broken one}},
  Year = {{2018}},
}
"""

PUBMED_XML = """<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">
<PubmedArticleSet>
<PubmedArticle>
  <MedlineCitation Status="MEDLINE" Owner="NLM">
    <PMID Version="1">39000010</PMID>
    <Article PubModel="Print">
      <Journal><ISSN IssnType="Electronic">1234-5679</ISSN>
        <JournalIssue CitedMedium="Internet"><Volume>7</Volume><Issue>1</Issue><PubDate><Year>2017</Year><Month>Mar</Month></PubDate></JournalIssue>
        <Title>Journal of examples</Title><ISOAbbreviation>J Ex</ISOAbbreviation></Journal>
      <ArticleTitle>Effects of CO<sub>2</sub> on examples.</ArticleTitle>
      <Pagination><MedlinePgn>11-19</MedlinePgn></Pagination>
      <ELocationID EIdType="doi" ValidYN="Y">10.5555/px.1</ELocationID>
      <Abstract><AbstractText Label="METHODS">We made <i>it</i> up.</AbstractText><AbstractText Label="RESULTS">None &amp; nothing.</AbstractText></Abstract>
      <AuthorList CompleteYN="Y">
        <Author ValidYN="Y"><LastName>Example</LastName><ForeName>Anna B</ForeName><Initials>AB</Initials></Author>
        <Author ValidYN="Y"><CollectiveName>Example Study Group</CollectiveName></Author>
      </AuthorList>
      <Language>eng</Language>
      <DataBankList CompleteYN="Y"><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList><AccessionNumber>NCT09999997</AccessionNumber></AccessionNumberList></DataBank></DataBankList>
      <PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList>
    </Article>
    <CommentsCorrectionsList><CommentsCorrections RefType="ErratumIn"><RefSource>J Ex. 2018</RefSource></CommentsCorrections></CommentsCorrectionsList>
    <MeshHeadingList><MeshHeading><DescriptorName UI="D1" MajorTopicYN="N">Humans</DescriptorName></MeshHeading></MeshHeadingList>
  </MedlineCitation>
  <PubmedData><ArticleIdList><ArticleId IdType="pubmed">39000010</ArticleId><ArticleId IdType="pmc">PMC9999998</ArticleId></ArticleIdList>
    <ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.5555/cited</ArticleId></ArticleIdList></Reference></ReferenceList></PubmedData>
</PubmedArticle>
<PubmedBookArticle><BookDocument><PMID Version="1">39000011</PMID>
  <Book><BookTitle>Book of examples</BookTitle><PubDate><Year>2015</Year></PubDate></Book><ArticleTitle>A chapter</ArticleTitle></BookDocument></PubmedBookArticle>
</PubmedArticleSet>
"""

ENDNOTE_XML = (
    '<?xml version="1.0" encoding="UTF-8" ?><xml><records>'
    '<record><database name="Lib.enl" path="C:\\Lib.enl">Lib.enl</database><source-app name="EndNote" version="20.2">EndNote</source-app>'
    '<rec-number>1</rec-number><ref-type name="Journal Article">17</ref-type><contributors><authors>'
    '<author><style face="normal" font="default" size="100%">Example, A.</style></author>'
    '<author><style face="normal">Sample, C.</style></author></authors></contributors>'
    '<titles><title><style face="normal">A title in </style><style face="italic">two styles</style></title>'
    "<secondary-title><style>Journal of Styles</style></secondary-title></titles>"
    "<periodical><full-title>Journal of Styles</full-title><abbr-1>J Styles</abbr-1></periodical>"
    "<pages>1-2</pages><volume>3</volume><number>4</number><keywords><keyword>one</keyword><keyword>two</keyword></keywords>"
    "<dates><year>2016</year></dates><isbn>1234-5679&#xD;2345-6783</isbn><accession-num>39000012</accession-num>"
    "<electronic-resource-num>10.5555/en.1</electronic-resource-num><remote-database-name>Medline</remote-database-name>"
    "<urls><related-urls><url>https://example.org/en/1</url></related-urls></urls></record>"
    '<record><ref-type name="Book">6</ref-type><titles><title>Second &nbsp;record</title></titles></record>'
    "</records></xml>"
)

CSL_JSON = json.dumps(
    [
        {
            "id": "example1",
            "type": "article-journal",
            "title": "A JSON <i>record</i>",
            "author": [{"family": "Example", "given": "Anna"}, {"literal": "Example Study Group"}],
            "issued": {"date-parts": [[2014, 5]]},
            "container-title": "Journal of JSON",
            "volume": "3",
            "issue": "1",
            "page": "5-7",
            "DOI": "10.5555/json.1",
            "ISSN": "1234-5679",
            "PMID": "39000013",
        },
        {
            "id": "example2",
            "type": "book",
            "title": 'Another {record} with [brackets] and "quotes"',
            "issued": {"raw": "1999"},
        },
    ],
    indent=1,
)

EMBASE_CSV = '''"SEARCH QUERY","'example'/exp AND [2020-2021]/py"
-------------------------------------

"Title","Author Names","Source","Source title","Publication Year","Volume","Issue","First Page","Last Page","Publication Type","ISSN","Abstract","Author Keywords","Embase Accession ID","Medline PMID","DOI","Embase Link"
"A table, with commas","Example A., Sample C.B.","Journal of Tables (2020) 1:2","Journal of Tables","2020","1","2","3","4","Article","1234-5679","A text
on two lines with a ""quotation""","one, two, three","L2011111111","39000014","10.5555/tab.1","https://www.embase.com/records?id=L2011111111"
"Second","Other B.",,"Journal of Tables","2021",,,,,"Conference Abstract",,,,"L2011111112",,,
'''

CINAHL_CSV = """Article Title,Author,Journal Title,ISSN,ISBN,Publication Date,Volume,Issue,First Page,Page Count,Accession Number,DOI,Publisher,Doctype,Subjects,Keywords,Abstract,PLink
"A cell with a formula.","Example, Anna; Sample, Carl","Example Nursing",="12345679",,="4/3/2019","19","4","1","6","998877664","10.5555/cin.1","Example Press","Article","NURSING; EXAMPLES",,"A text.","https://search.example.org/login?AN=998877664"
"""

COCHRANE_REVIEW_CSV = """Cochrane Review ID,Title,Author(s),Year,Issue,DOI,Type,Stage,URL,Abstract
CD999999,"Nothing for everything","Example A, Sample C",2022,3,10.1002/14651858.CD999999.pub2,Intervention,Review,https://example.org/CD999999,"A text."
"""

SCOPUS_CSV = """"Authors","Author full names","Author(s) ID","Title","Year","Source title","Volume","Issue","Art. No.","Page start","Page end","Cited by","DOI","Link","Abstract","PubMed ID","Document Type","Source","EID"
"Example A.; Sample C.","Example, Anna (57000000001); Sample, Carl (57000000002)","57000000001; 57000000002","A Scopus row","2023","Journal of Rows","4","1","e12","","","0","10.5555/row.1","https://www.scopus.com/inward/record.uri?eid=2-s2.0-89999999999","[No abstract available]","","Review","Scopus","2-s2.0-89999999999"
"""

PUBMED_CSV = """\ufeffPMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create Date,PMCID,NIHMS ID,DOI
"39000015","A row of PubMed","Example AB, Sample C, van der Other DE.","J Ex. 2019 Feb;63(2):103-9. doi: 10.5555/pm.1. Epub 2019.","Example AB","J Ex","2019","2019/03/30","PMC9999997","","10.5555/pm.1"
"""

RAYYAN_CSV = """key,title,year,month,day,journal,issn,volume,issue,pages,authors,url,language,publisher,location,abstract,notes,doi,keywords,pubmed_id,pmc_id
rayyan-99999999,A screened row,2018,,,J. Ex.,1234-5679,1,2,3-4,"Example, A. and Sample, C.",https://www.embase.com/x?id=L2022222222     U2  - L2022222222,English,,,A text.,"RAYYAN-INCLUSION: {""A""=>""Included""}",10.5555/ray.1,"one, two, three",,
"""

TRIALS_CSV = """NCT Number,Study Title,Study URL,Acronym,Study Status,Brief Summary,Conditions,Interventions,Sponsor,Study Type,Start Date,First Posted
NCT09999996,A made-up trial,https://clinicaltrials.gov/study/NCT09999996,EXAMPLE,COMPLETED,Nothing is tried.,Example Disease,DRUG: Nothing,Example University,INTERVENTIONAL,2018-02-01,2017-12-05
"""

ZOTERO_CSV = """"Key","Item Type","Publication Year","Author","Title","Publication Title","ISSN","DOI","Url","Abstract Note","Date","Pages","Issue","Volume","Journal Abbreviation","Extra","Manual Tags"
"ABCD1234","journalArticle","2010","Example, Anna; Sample, Carl","A Zotero row","Journal of Zotero","1234-5679","10.5555/zot.1","https://example.org/z","A text.","2010-05","1-3","2","8","J Zot","PMID: 39000016","one; two"
"""

COVIDENCE_CSV = """Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,Accession Number,DOI,Ref,Covidence #,Study,Notes,Tags
A Covidence row,"Example, A.; Sample, C.",A text.,2020,,Journal of Covidence,1,2,3-4,,10.5555/cov.1,17,#42,Example 2020,,
"""

SEMICOLON_CSV = """Title;Authors;Year;DOI\nEin Beispiel;"Müller, A.; Example, B.";2020;10.5555/semi.1\n"""

REFWORKS_TSV = "Reference Type\tAuthors, Primary\tTitle Primary\tPeriodical Full\tPub Year\tVolume\tDOI\nJournal\tExample, A;Sample, C\tA tabbed row\tJournal of Tabs\t2009\t5\t10.5555/tabs.1\n"

# An old binary spreadsheet with a sheet of notes and one of three made-up records, as xlwt writes it.
XLS = zlib.decompress(
    base64.b85decode(
        "c-rk)OK1~O6uoaIlTYm@X;c5`qhS3NO)7#Y8e4xTXsfMX1WnT?4Nj9fnTU1aze_=IrMM}$apP~{2NiVZLa69M5QJ7&;!03(p^f+5%sdkf*n$=<"
        "xnb_SbKkx1otbyvC-ZzLG(31~<_P>GYe0w5TmZZUHilQg1wp|2Tuv6<yC1JyS^g^t_;Db;20W;G=96P6$9n`cxaoO<8sIHn`=JlErBi}WptKT)"
        "IFlS!GY{sT23PQ^h8e`GmUM!29qAk7`;hcnvYaQq8hwY^J{XE^TeQN-<2_mf)m5WraF=3UlO+oE@KomU$qOv+Ye0*YjGO;v#T-v1Tm>AtO(G?%"
        "xH$}A9Kx&cImZD$xpVa~FWV>9&H(LSitWA<_KTVa;1uKzGMR`2PzC!9S!3XYvqfeALU5aw-~eReM@6?K5}B_s$Y!HyI{875FwHbh;`VHpnM}m("
        "WIDw=`}+hYMN8K1Nn4pJELnCkVG7=vv`tY7(2>qs2?zcZyH~_5>~dGy%=QW$V13)>T7aFMe8J9C@<>+j-EAFw^ZJET06LSsBE#1uZPATsxh3rO"
        "7-`}yt9YB;BdjLgT90O)=}#d<65N)3@(6!lhapHK6*qbM5Z`bt-rHx2Oa;!t$dctKOOHj+1$$c=DHhdF^!NQl`TN2aqa|C6sur7n-(qudi_Ill"
        "Y_5=FMr&)ZXl<>c6{iw)H`Gu$MC(ovch9faKEBx6)gC)QmQ%E!=6BtBGEE={r)2~NSF4)5UPKX#NuQxsXHj`3=`f}V-W%KNox;Ym<a3T{8?m2d"
        "Brjw03(5<yJn&)ry*UH#Vhgc+ebdPC@by=*L1@5i?8bQcI}1&$iCw-V<$lb)GiQB%Lwd$9YqehsI^1*4(V_;vK?M~<`SXWX3wNX|uH`>uBHpS8"
        "z&YpquWvO_@~z4z&Lj8j<dKF*S4c<XQOJYHP{=^!Rmh9Tr;rbkUm-uDfWwHDV8n<~h2zhN(G-Owqe_J&BV57Y5k5U5My+$fc>=@nkzA@(gyd3#"
        "=!7Pb-|>}Pv=UsjA};yd2`VJHgcK^|q7j#k#Ko()XvC#fMMy4n4i~M6i(Z0@Uc^NwE@6cvmwJT?x#+}Y%Un0waC{_}sVYKpndWfO6&IRmP->=?"
        "r7UGBOIaqbFggJM?L40R9}3#de9m{BZ+MNCKa)&a*#T+%+4#3~1Elb7LI1e&XDS%XZHtXD#{FI>WjFS2!C~kk9*4)BzjzK~h0inQz~G;oLgVd!"
        "bUZx&a{u1}lFoer"
    )
)

BIBTEX_DIALECT = r"""@string{jan = "January"}
@string{jt = {Journal of } # "Joins"}
@article{joined:1,
 author = {{\'A}lvarez, Jos{\'e} and {Barnes and Noble} and M{\"u}ller, J{\"o}rg and others},
 title = "A {DNA}-based $\alpha$-test: {\textit{E. coli}} \& 5\% of \textbf{cells} at 37\,$^\circ$C, # 1",
 journal = jt, year = 2020, month = 10 # "~" # jan, publisher = "Press " # {of } # jt,
 pages = {123--130}, doi = {10.5555/join\_ed}}
@article(paren, author = "Example, Anna", title = {In (round) brackets}, year = "2020", journal=jt)
@inproceedings{child, author={Sample, C.}, title={A chapter}, crossref={Parent}, pages={1-2}}
@proceedings{parent, title={Proceedings of Examples}, year={2019}, isbn={978-1-00-000000-1}, doi={10.5555/whole}}
"""

# EPPI-Reviewer puts its code sets first, and lists the references under names of its own.
EPPI_JSON = """{"CodeSets": [{"SetName": "Screening", "SetId": 1, "Attributes": {"AttributesList": [
  {"AttributeId": 11, "AttributeName": "INCLUDE on title"}]}}, {"SetName": "Data", "SetId": 2}],
 "References": [
  {"ItemId": 1, "Title": "A reference about knees", "Authors": "Example A ; Sample C ; ", "Year": "2020",
   "ParentTitle": "Journal of References", "DOI": "10.5555/eppi.1", "Codes": [{"AttributeId": 11}]},
  {"ItemId": 2, "Title": "A reference about hips", "Authors": "Sample C ; ", "Year": "2021",
   "ParentTitle": "Journal of References", "DOI": "10.5555/eppi.2", "Codes": []}]}
"""

# An answer of an interface, whose records have members of members.
NESTED_JSON = """{"total": 2, "request": {"fields": ["title"], "queries": [{"query": "knees"}]}, "resultList": {"result": [
 {"paperId": "a1", "title": "A nested record", "year": 2020, "externalIds": {"DOI": "10.5555/nest.1", "PubMed": "39000031"},
  "journal": {"name": "Journal of Nests", "volume": "4", "pages": "1-2"},
  "authors": [{"authorId": "7", "name": "Anna Example"}, {"authorId": null, "name": "Carl Sample"}]},
 {"pmid": "39000032", "title": "Another nested record", "authorString": "Example A, Sample C.",
  "journalInfo": {"volume": "5", "yearOfPublication": 2021, "journal": {"title": "Journal of Nests"}}}]}}
"""

# name -> (format, text, number of records that can be read, number rejected)
SNIPPETS: dict[str, tuple[str, str, int, int]] = {
    "embase_ris": ("ris", EMBASE_RIS, 1, 0),
    "cochrane_ris": ("ris", COCHRANE_RIS, 2, 0),
    "ovid_ris": ("ris", OVID_RIS, 2, 0),
    "ebsco_ris": ("ris", EBSCO_RIS, 1, 0),
    "odd_ris": ("ris", ODD_RIS, 4, 0),
    "loose_ris": ("ris", LOOSE_RIS, 5, 0),
    "medline": ("medline", MEDLINE, 3, 0),
    "pubmed_text": ("pubmed-text", PUBMED_TEXT, 3, 0),
    "wos": ("wos", WOS, 2, 0),
    "ovid": ("ovid", OVID, 2, 0),
    "ovid_labelled": ("ovid", OVID_LABELLED, 2, 0),
    "endnote": ("endnote", ENDNOTE_TAGGED, 4, 0),
    "bibtex": ("bibtex", BIBTEX, 5, 1),
    "bibtex_dialect": ("bibtex", BIBTEX_DIALECT, 4, 0),
    "pubmed_xml": ("pubmed-xml", PUBMED_XML, 2, 0),
    "endnote_xml": ("endnote-xml", ENDNOTE_XML, 2, 0),
    "csl_json": ("json", CSL_JSON, 2, 0),
    "eppi_json": ("json", EPPI_JSON, 2, 0),
    "nested_json": ("json", NESTED_JSON, 2, 0),
    "embase_csv": ("csv", EMBASE_CSV, 2, 0),
    "cinahl_csv": ("csv", CINAHL_CSV, 1, 0),
    "cochrane_review_csv": ("csv", COCHRANE_REVIEW_CSV, 1, 0),
    "scopus_csv": ("csv", SCOPUS_CSV, 1, 0),
    "pubmed_csv": ("csv", PUBMED_CSV, 1, 0),
    "rayyan_csv": ("csv", RAYYAN_CSV, 1, 0),
    "trials_csv": ("csv", TRIALS_CSV, 1, 0),
    "zotero_csv": ("csv", ZOTERO_CSV, 1, 0),
    "covidence_csv": ("csv", COVIDENCE_CSV, 1, 0),
    "semicolon_csv": ("csv", SEMICOLON_CSV, 1, 0),
    "refworks_tsv": ("csv", REFWORKS_TSV, 1, 0),
}
