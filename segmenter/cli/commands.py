"""What the commands share: their parser's type, a progress bar, and the report of a bug."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import traceback
from typing import TYPE_CHECKING, TypeVar

from segmenter import __version__
from segmenter.work import Progress, Work, finish

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

T = TypeVar("T")


def run_with_bar(work: Work[T], title: str) -> T:
    """Drive a work to its end, under a progress bar where standard error is a terminal.

    Parameters
    ----------
    work : Work
        The work.
    title : str
        What it is about, such as the name of a file.
    """
    if not sys.stderr.isatty():
        return finish(work)
    from tqdm import tqdm

    form = "{desc} {percentage:3.0f}% |{bar}| {elapsed}"
    with tqdm(total=1.0, desc=title, bar_format=form, leave=False) as bar:

        def show(progress: Progress) -> None:
            bar.set_description_str(f"{title}: {progress.message}", refresh=False)
            if progress.fraction is not None:
                bar.n = progress.fraction
            bar.update(0)

        return finish(work, show)


def can_show_window() -> bool:
    """Tell whether there is a display to open a window on."""
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


def complain(sentence: object) -> None:
    """Print a sentence on standard error, in one line though a name in it be of several."""
    print(f"segmenter: {in_one_line(sentence)}", file=sys.stderr)


def in_one_line(sentence: object) -> str:
    """Join the lines of a sentence, which a name in it may have."""
    return " ".join(str(sentence).splitlines())


def bug_report(file: str = "") -> str:
    """Describe the exception that is being handled, for whoever can mend it.

    Parameters
    ----------
    file : str
        Which of several files met it.
    """
    met = f"{file}: " if file else ""
    return (
        f"segmenter: {met}This is a bug in Segmenter, not in what you did."
        " Please report it with the lines below.\n"
        f"Segmenter {__version__}, Python {platform.python_version()},"
        f" {platform.platform()}\n{traceback.format_exc()}"
    )
