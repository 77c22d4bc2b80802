"""Reading drawn plots: their texts and named shapes."""

from lxml import etree

SVG = "{http://www.w3.org/2000/svg}"


def texts(page: str) -> list[str]:
    return [element.text or "" for element in etree.fromstring(page.encode()).iter(f"{SVG}text")]


def text_places(page: str) -> dict[str, tuple[float, float]]:
    elements = etree.fromstring(page.encode()).iter(f"{SVG}text")
    return {element.text or "": (float(element.get("x", "")), float(element.get("y", ""))) for element in elements}


def shapes(page: str) -> dict[str, list[tuple[float, float]]]:
    """Name -> corners of every named shape, in points from the upper left."""
    made: dict[str, list[tuple[float, float]]] = {}
    for group in etree.fromstring(page.encode()).iter(f"{SVG}g"):
        for path in group.findall(f"{SVG}path"):
            numbers = [float(part) for part in path.get("d", "").split() if not part.isalpha()]
            made[group.get("id", "")] = list(zip(numbers[::2], numbers[1::2], strict=True))
    return made


def description(page: str) -> str:
    return etree.fromstring(page.encode()).findtext(f"{SVG}desc") or ""
