from tests.build.conftest import copy, example, shelf  # noqa: F401
