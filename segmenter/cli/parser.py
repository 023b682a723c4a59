"""What can be typed after `segmenter`. Jobs import what they need when they run."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import NoReturn

from segmenter import __version__
from segmenter.cli import foreground, info, objects, regions, tissue, window
from segmenter.errors import ParameterError

COMMANDS = (window, regions, objects, foreground, tissue, info)


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one sentence, as all others."""

    def error(self, message: str) -> NoReturn:
        if message.endswith("expected one argument"):
            message += ", after an equals sign if it begins with a minus"
        raise ParameterError(f"{message[0].upper()}{message[1:]}; see {self.prog} --help.")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the chosen settings, whose `run` does the job.

    Raises
    ------
    ParameterError
        The arguments cannot be understood.
    """
    parser = _Parser(
        prog="segmenter",
        description="Segment images with Gaussian mixtures. Without a command, the window opens.",
        epilog="Example: segmenter regions sample:coffee -k 4 --cutout -o masks. What can be typed"
        " after a command: segmenter COMMAND --help.",
    )
    parser.add_argument("--version", action="version", version=f"segmenter {__version__}")
    parser.set_defaults(run=lambda _: window.open_window(None))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in COMMANDS:
        command.add_parser(commands)
    if arguments and arguments[0] not in commands.choices:
        _check_file(arguments[0])
    return parser.parse_args(arguments)


def _check_file(argument: str) -> None:
    """Tell those who name a file and no command how to go on."""
    if os.path.exists(argument) or argument.startswith("sample:"):
        raise ParameterError(
            f"To open {argument}, write “segmenter open {argument}”;"
            f" for masks, “segmenter regions {argument}”."
        )
