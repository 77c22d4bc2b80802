"""Small exports of screening tools, each in the layout that the tool writes, on invented records."""

_NOTE = (
    'RAYYAN-INCLUSION: {"Ana"=>"Included", "ben@example.org"=>"Excluded"} | RAYYAN-LABELS: cement,leak | '
    "RAYYAN-EXCLUSION-REASONS: wrong design, no control,الدراسة على الحيوانات | "
    'USER-NOTES: {"Ana"=>["ask ben@example.org"]}'
)
RAYYAN_RIS = f"""TY  - JOUR
AN  - rayyan-1001
TI  - Endoscopic decompression after cement leakage
Y1  - 2021
AU  - Moreno, A.
DO  - 10.5555/one     LK  - https://example.org/one
N1  - {_NOTE}
ER  -

TY  - JOUR
TI  - Percutaneous techniques: a second look
Y1  - 2020
N1  - RAYYAN-INCLUSION: {{"Ana"=>true,"ben@example.org"=>false}}
ER  -

TY  - JOUR
TI  - Nobody looked at this yet
ER  -
"""

RAYYAN_BIB = r"""@article{rayyan-1001,
  title={{E}ndoscopic decompression after cement leakage},
  year={2021},
  author={Moreno, A.},
  doi={10.5555/one},
  note={RAYYAN-INCLUSION: {"Ana"=>"Maybe"} | RAYYAN-EXCLUSION-REASONS: wrong design\_x}
}
"""

RAYYAN_CSV = (
    "key,title,year,authors,url,abstract,notes,doi,pubmed_id\n"
    'rayyan-1001,Endoscopic decompression after cement leakage,2021,"Moreno, A. and Li, B.",,,'
    '"RAYYAN-INCLUSION: {""Ana""=>""Excluded""} | RAYYAN-EXCLUSION-REASONS: wrong design, no control",10.5555/one,\n'
    'rayyan-1002,Percutaneous techniques: a second look,2020,"Li, B.",,,,,777\n'
)

RAYYAN_LOG = (
    """article_id,user_id,user_email,key,value,created_at
1001,7,ana@example.org,included,1,2026-01-05 10:00:00 UTC
1002,7,ana@example.org,included,-1,2026-01-05 10:01:00 UTC
1001,8,ben@example.org,included,-1,2026-01-06 09:00:00 UTC
1001,8,ben@example.org,"""
    + '"""__EXR__wrong design"""'
    + """,1,2026-01-06 09:00:01 UTC
1002,7,ana@example.org,included,deleted,2026-01-07 10:00:00 UTC
1001,7,ana@example.org,included,0,2026-01-04 10:00:00 UTC
"""
)

COVIDENCE_CSV = (
    "Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,Accession Number,DOI,Ref,"
    "Covidence #,Study,Notes,Tags\n"
    'Endoscopic decompression after cement leakage,"Moreno, A.",,2021,,J,1,2,3,,10.5555/one,,#12,Moreno 2021,'
    '"Exclusion reason: Wrong comparator; (2026-01-05 10:11:12)(Ana): only an abstract",\n'
)

COVIDENCE_RIS = """TY  - JOUR
TI  - Percutaneous techniques: a second look
PY  - 2020
DO  -
N1  -
ER  -
"""

ASREVIEW_CSV = (
    "record_id,title,authors,year,doi,asreview_label,asreview_time,asreview_note,asreview_user_email\n"
    "0,Endoscopic decompression after cement leakage,A. Moreno,2021,10.5555/one,1,"
    "2026-01-05 10:00:00,good,ana@example.org\n"
    "1,Percutaneous techniques: a second look,B. Li,2020,,0,1767607200.5,,ana@example.org\n"
    "2,Nobody looked at this yet,,,,,,,\n"
)

ASREVIEW_RIS = """TY  - JOUR
T1  - Percutaneous techniques: a second look
PY  - 2020
N1  - ASReview_irrelevant
N1  - my remark
ER  -

TY  - JOUR
T1  - Nobody looked at this yet
N1  - ASReview_not_seen
ER  -
"""

EPPI_JSON = """{"CodeSets": [
  {"SetName": "Screen on title & abstract", "Attributes": {"AttributesList": [
    {"AttributeId": 1, "AttributeName": "EXCLUDE on study design"},
    {"AttributeId": 2, "AttributeName": "INCLUDE on title & abstract"}]}},
  {"SetName": "Screen on full text", "Attributes": {"AttributesList": [
    {"AttributeId": 3, "AttributeName": "Exclude: no outcome"},
    {"AttributeId": 4, "AttributeName": "Second opinion"}]}}],
 "References": [
  {"Title": "Endoscopic decompression after cement leakage", "Year": "2021", "DOI": "10.5555/one",
   "Authors": "Moreno A;",
   "Codes": [{"AttributeId": 2, "AdditionalText": "yes"}, {"AttributeId": 3, "AdditionalText": ""}]},
  {"Title": "Percutaneous techniques: a second look", "Year": "2020", "DOI": "", "Authors": "",
   "Codes": [{"AttributeId": 1, "AdditionalText": ""}]},
  {"Title": "Nobody looked at this yet", "Year": "", "DOI": ""}]}
"""

DISTILLER_CSV = (
    "Refid,Bibliography,User,Level,Title,Is it eligible?,Why not?\n"
    '1,"Moreno, A. 2021",ana,abstract,Endoscopic decompression after cement leakage,Yes,\n'
    '1,"Moreno, A. 2021",ben,abstract,Endoscopic decompression after cement leakage,No,"wrong design, no control"\n'
)
