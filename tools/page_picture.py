"""Makes docs/images/page.png, the picture of the example's page in README.md, with Debian's Chromium and Playwright.

Run after a build of the example: python -m tools.page_picture
"""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

PROJECT = Path(__file__).parents[1]
PAGE = PROJECT / "results" / "manuscript" / "manuscript.html"
TARGET = PROJECT / "docs" / "images" / "page.png"
WIDTH, HEIGHT, GAP = 1032, 760, 18


def _shots(page: Any) -> list[bytes]:
    """The article with an open number, and the flow figure with an open list."""
    page.goto(PAGE.absolute().as_uri())
    page.locator("#sources").click()
    page.locator("#abstract ~ .abstract a.n.value").nth(1).click()
    page.locator("dialog[open]").wait_for()
    first = page.screenshot()
    page.locator("#close").click()
    page.locator("svg.flow").scroll_into_view_if_needed()
    page.locator("svg.flow a[href='#box/fulltext.excluded']").click()
    page.locator(".rows li").first.wait_for()
    return [first, page.screenshot()]


def main() -> None:
    """Writes the picture."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        shots = _shots(chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce"))
        chromium.close()
    picture = Image.new("RGB", (2 * WIDTH + 3 * GAP, HEIGHT + 2 * GAP), "#eef2f5")
    for number, shot in enumerate(shots):
        picture.paste(Image.open(io.BytesIO(shot)), (GAP + number * (WIDTH + GAP), GAP))
    picture.quantize(64).save(TARGET, optimize=True)


if __name__ == "__main__":
    main()
