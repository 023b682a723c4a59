"""What can be typed after `segmenter`. Jobs import what they need when they run."""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Sequence
from itertools import takewhile
from typing import Any, NoReturn

from segmenter import __version__
from segmenter.cli import foreground, info, objects, regions, tissue, window
from segmenter.errors import ParameterError

COMMANDS = (window, regions, objects, foreground, tissue, info)


_WIDEST = 100  # columns of help that are read with ease


class _Help(argparse.HelpFormatter):
    """Help whose paragraphs fill the terminal, and whose indented examples stay as they are."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=min(shutil.get_terminal_size().columns - 2, _WIDEST))

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n\n".join(
            part if "\n " in part else super(_Help, self)._fill_text(part, width, indent)
            for part in text.strip().split("\n\n")
        )


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one sentence, as all others."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"formatter_class": _Help, **settings})

    def error(self, message: str) -> NoReturn:
        if message.endswith("expected one argument"):
            message += ", after an equals sign if it begins with a minus"
        raise ParameterError(f"{message[0].upper()}{message[1:]}; see {self.prog} --help.")

    def check_dashes(self, arguments: Sequence[str]) -> None:
        """Tell those who name a file like an option, as `*.png` may, how to go on."""
        for argument in takewhile(lambda each: each != "--", arguments):
            is_strange = argument.startswith("-") and argument not in self._option_string_actions
            if is_strange and os.path.exists(argument):
                raise ParameterError(
                    f"{argument} looks like an option, though there is such a file;"
                    f" write ./{argument}."
                )


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
    first = arguments[0] if arguments else ""
    commands.choices.get(first, parser).check_dashes(arguments)
    if first not in commands.choices:
        _check_file(first)
    return parser.parse_args(arguments)


def _check_file(argument: str) -> None:
    """Tell those who name a file and no command how to go on."""
    is_file = not argument.startswith("-") and os.path.exists(argument)
    if is_file or argument.startswith("sample:"):
        raise ParameterError(
            f"To open {argument}, write “segmenter open {argument}”;"
            f" for masks, “segmenter regions {argument}”."
        )
