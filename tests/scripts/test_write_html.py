"""The step `write_html`: what it takes for the page from its inputs."""

import inspect

from prismake.document.documents import Files
from prismake.submission.supplement import Evidence
from prismake.trace.background import Sources
from prismake.web.records import RecordFiles
from scripts import write_html as step
from scripts import write_page_supplement as own


def test_its_arguments_gather_the_inputs_of_the_rule():
    kinds = {name: one.annotation for name, one in inspect.signature(step.write_html).parameters.items()}
    assert [kinds[name] for name in ("files", "behind", "life")] == [Files, Sources, RecordFiles]
    kinds = {name: one.annotation for name, one in inspect.signature(own.write_page_supplement).parameters.items()}
    assert [kinds[name] for name in ("files", "evidence")] == [Files, Evidence]
