"""Names of files."""

from __future__ import annotations

import re


def file_name(name: str) -> str:
    """Turn a label's name into a part of a file name that every system takes."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.").lower() or "label"
