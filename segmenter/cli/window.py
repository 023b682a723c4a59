"""`segmenter open`: the window, empty or on a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmenter.cli.arguments import named

if TYPE_CHECKING:
    from segmenter.cli.commands import Subparsers


def add_parser(commands: Subparsers) -> None:
    """Describe the command to the parser."""
    parser = commands.add_parser(
        "open",
        help="open the window, on a file if one is given",
        description="Open the window, on a file if one is given.",
        epilog="example: segmenter open photo.jpg",
    )
    parser.add_argument(
        "file",
        nargs="?",
        type=named,
        metavar="FILE",
        help="an image, a volume, a DICOM folder, a session, or sample:NAME",
    )
    parser.set_defaults(run=lambda chosen: open_window(chosen.file))


def open_window(path: str | None) -> int:
    """Open the window and stay until it is closed; return the exit code."""
    from segmenter.gui.app import run

    return run(path)
