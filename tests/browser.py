"""Pages opened in a real browser, where the machine has one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
EVERY_RULE = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# What another scheme of colours may break.
RULES_OF_COLOURS = ("color-contrast", "link-in-text-block")
NO_BROWSER = "no Chromium on this machine; `apt-get install chromium` brings one"


@contextmanager
def browser() -> Iterator[Any]:
    """A running Chromium. Skips the test where there is none."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip(NO_BROWSER)
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Visit:
    """A page that was opened from a file, and everything that it complained of or asked the network for."""

    def __init__(self, chromium: Any, file: Path, anchor: str = "", **context: Any) -> None:
        self.faults: list[str] = []
        self.page = chromium.new_page(**context)
        # A machine under load is slow, not wrong.
        self.page.set_default_timeout(120_000)
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.on("console", lambda message: self.faults.append(message.text))
        self.page.on("request", self._note)
        self.page.goto(file.absolute().as_uri() + anchor)

    def _note(self, request: Any) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            self.faults.append(f"asked for {request.url}")

    @property
    def title(self) -> str:
        """The title of the open panel."""
        self.page.locator("dialog[open] #panel-title").wait_for()
        return self.page.locator("#panel-title").inner_text()

    def barriers(self, rules: Sequence[str] = EVERY_RULE) -> list[str]:
        """What axe finds by its rules of these names or tags; by default against WCAG 2.2 AA and good practice."""
        axe = resources.files("axe_playwright_python") / "axe.min.js"
        self.page.evaluate("axe => globalThis.axe ?? (0, eval)(axe)", axe.read_text(encoding="utf-8"))
        # The nodes that pass are many: neither listed nor sent.
        violations = self.page.evaluate(
            """async (rules) => {
                const result = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
                return result.violations.map((fault) => `${fault.id}: ${fault.nodes[0].html.slice(0, 200)}`);
            }""",
            list(rules),
        )
        return [str(violation) for violation in violations]
