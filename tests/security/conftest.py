from tests.build.conftest import copy, example  # noqa: F401
