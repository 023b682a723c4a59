"""Arguments that are numbers or lists, with one sentence for what is neither."""

from __future__ import annotations

import argparse
from pathlib import Path


def count(text: str) -> int:
    """Read a whole number from 0 on."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number")
    return int(text)


def whole(text: str) -> int:
    """Read a whole number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number of 1 or more")
    return int(text)


def names(text: str) -> tuple[str, ...]:
    """Read names with commas between them."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def named(text: str) -> str:
    """Read the name of a file or folder; an empty one, as of a variable not set, is none."""
    if not text:
        raise argparse.ArgumentTypeError("the name of a file is empty")
    return text


def named_path(text: str) -> Path:
    """Read the name of a file or folder to write."""
    return Path(named(text))
