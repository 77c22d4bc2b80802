"""The process that Typst runs in, started by `typesetting`. It imports nothing of Prismake, and little else.

A build starts it several times, so each import here is paid for several times.
"""

import json
import sys


def main() -> None:
    """Reads the order as JSON from standard input; prints what came of it as JSON, and writes the document."""
    import typst

    order = json.load(sys.stdin)
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=order["embedded"], font_paths=order["font_folders"]
    )
    options = dict(order["options"])
    if "timestamp" in options:
        import datetime

        options["timestamp"] = datetime.datetime.fromisoformat(options["timestamp"])
    try:
        compiler = typst.Compiler(order["main"], root=order["root"], font_paths=fonts)
        output, warnings = compiler.compile_with_warnings(**options)
    except typst.TypstError as fault:
        print(json.dumps({"message": fault.message, "diagnostic": fault.diagnostic}))
        return
    assert isinstance(output, bytes)
    with open(order["target"], "wb") as file:  # noqa: PTH123 (pathlib takes as long to import as Typst)
        file.write(output)
    print(json.dumps({"warnings": [[str(warning), list(warning.hints)] for warning in warnings]}))


if __name__ == "__main__":
    main()
