"""Makes the example review's stand-in exports: `python -m tools.example` from the project's top folder.

The review's own exports are not public, so this tool writes files in the layout that PubMed, Embase and the Cochrane
Library use. What is real and what is made up is described in `data/README.md`; nothing here is part of a build.

`catalogue` draws up the works, `changes` the ways in which databases print one work differently, `layouts` the
three export formats, `tables` the decisions and the truth that the tests check against.
"""
