"""The process that Typst runs in, started by `typesetting`. It imports nothing of Prismake."""

import datetime
import json
import pathlib
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
        options["timestamp"] = datetime.datetime.fromisoformat(options["timestamp"])
    try:
        compiler = typst.Compiler(order["main"], root=order["root"], font_paths=fonts)
        output, warnings = compiler.compile_with_warnings(**options)
    except typst.TypstError as fault:
        print(json.dumps({"message": fault.message, "diagnostic": fault.diagnostic}))
        return
    assert isinstance(output, bytes)
    pathlib.Path(order["target"]).write_bytes(output)
    print(json.dumps({"warnings": [[str(warning), list(warning.hints)] for warning in warnings]}))


if __name__ == "__main__":
    main()
