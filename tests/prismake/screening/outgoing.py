"""Records on their way out: invented, hostile where they can be."""

from prismake.screening.writers.references import COLUMNS


def record(record_id, title, **fields):
    return {**dict.fromkeys(COLUMNS, ""), "record_id": record_id, "title": title, **fields}


# The ids are those of the records in `step`.
RECORDS = [
    record(
        "s:1",
        "Endoscopic decompression after cement leakage",
        author="Moreno, A.; Li, B.",
        year="2021",
        journal="Journal of Invented Surgery",
        volume="3",
        number="2",
        pages="11-19",
        doi="10.5555/one",
        entrytype="article",
        abstract="BACKGROUND: A leak. METHODS: 12 patients were followed.\nTY  - JOUR\nER  - ",
        keywords="cement; leak",
    ),
    record("s:2", "Percutaneous techniques: a second look", year="2020", pmid="777", abstract="=1+1", author="Li, B."),
    record(
        "s:3", "Nobody looked at this yet", year="2019", journal="-2+3", abstract="Nothing {is} closed} & 5 % of_it"
    ),
]
