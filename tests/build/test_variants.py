"""`snakemake variants` in a review: every file that the journal asks for, under the names that it gives."""

import zipfile

from prismake import cli


def test_variants_are_written_under_the_names_of_the_journal(example, submitted, capsys):
    assert not (example / "results/variants").exists()
    made = {
        path.relative_to(submitted / "results/variants").as_posix()
        for path in (submitted / "results/variants").rglob("*.*")
    }
    made = {name for name in made if not name.endswith(".snakemake_timestamp")}
    documents = ["Cover_letter", "Manuscript", "Manuscript_blinded", "Manuscript_reading_copy", "Title_page"]
    assert made == {
        *(f"{name}.{ending}" for name in documents for ending in ("docx", "pdf")),
        *(f"tables/Table_{number}.docx" for number in (1, 2, 3)),
        *(f"figures/Figure_{number}.{ending}" for number in (1, 2) for ending in ("tif", "pdf")),
    }
    with zipfile.ZipFile(submitted / "results/variants/Manuscript_blinded.docx") as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    for telling in (b"First Author", b"Second Author", b"first.author@", b"Example University", b"Department One"):
        assert telling not in everything
    with zipfile.ZipFile(submitted / "results/variants/Cover_letter.docx") as archive:
        assert b"{{" not in archive.read("word/document.xml")
    # Each file says which variant it is, and is checked as that: no option, no error, no warning.
    for path in sorted((submitted / "results/variants").rglob("*.*")):
        if path.suffix in (".docx", ".pdf") and path.parent.name != "figures":
            for journal in ([], ["--journal", str(submitted / "workflow/prismake/journals/j-pain-res")]):
                names = ["--authors", str(submitted / "manuscript/metadata.yaml")]
                assert cli.main(["check", str(path), *names, *journal]) == 0, path.name
                assert ", 0 errors, 0 warnings" in capsys.readouterr().out
