"""Data in the page: JSON, compressed, as text that no policy takes for a script and no parser for markup."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

# In the head of a gzip stream, the system that wrote it: versions of Python name different ones, this value none.
SYSTEM, UNKNOWN = 9, 0xFF


def packed(data: Any) -> str:
    """Data as JSON, gzip and base64; the same data give the same text."""
    content = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    stream = bytearray(gzip.compress(content, compresslevel=6, mtime=0))
    stream[SYSTEM] = UNKNOWN
    return base64.b64encode(stream).decode("ascii")
