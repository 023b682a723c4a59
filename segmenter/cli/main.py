"""The `segmenter` command: picks the job, and turns what went wrong into one sentence and a code.

Exit codes: 0 all is well; 2 the user can mend it (one sentence on standard error); 1 a bug, with a
report to copy; 130 interrupted. Jobs import what they need when they run, so `--help` is instant.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from segmenter import __version__
from segmenter.cli import foreground, info, objects, regions, tissue, window
from segmenter.cli.commands import bug_report
from segmenter.errors import ParameterError, SegmenterError

COMMANDS = (window, regions, objects, foreground, tissue, info)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; those of the process by default.

    Returns
    -------
    int
        The exit code.
    """
    try:
        arguments = sys.argv[1:] if arguments is None else arguments
        chosen = _parser(arguments).parse_args(arguments)
        code: int = chosen.run(chosen)
    except SegmenterError as error:
        print(f"segmenter: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("segmenter: Interrupted; nothing half-written was left.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone (`| head`); there is no one left to tell.
        sys.stdout = None
        return 0
    except Exception:
        print(bug_report(), file=sys.stderr)
        return 1
    return code


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one sentence, as all others."""

    def error(self, message: str) -> NoReturn:
        raise ParameterError(f"{message[0].upper()}{message[1:]}; see {self.prog} --help.")


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="segmenter",
        description="Segment images with Gaussian mixtures. Without a command, the window opens.",
        epilog="Example: segmenter regions sample:coffee -k 4 --cutout -o masks",
    )
    parser.add_argument("--version", action="version", version=f"segmenter {__version__}")
    parser.set_defaults(run=lambda _: window.open_window(None))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in COMMANDS:
        command.add_parser(commands)
    if arguments and arguments[0] not in commands.choices:
        _check_file(arguments[0])
    return parser


def _check_file(argument: str) -> None:
    """Tell those who name a file and no command how to go on."""
    if os.path.exists(argument) or argument.startswith("sample:"):
        raise ParameterError(
            f"To open {argument}, write “segmenter open {argument}”;"
            f" for masks, “segmenter regions {argument}”."
        )
