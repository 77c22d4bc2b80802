"""Tests of figures use the small reviews of the flow and the small manuscript of the documents."""

from tests.prismake.document.conftest import review  # noqa: F401
from tests.prismake.flow.conftest import draft_flow, flow, wide_flow  # noqa: F401
