"""The `segmenter` command: runs a job, and turns what went wrong into one sentence and a code.

Exit codes: 0 all is well; 2 the user can mend it (one sentence on standard error); 1 a bug, with a
report to copy; 130 interrupted. Nearly all is imported in `main`, where an interrupt is one line.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence

from segmenter.cli.interrupts import raised_interrupts
from segmenter.errors import SegmenterError


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
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # a log shows how far the work is, in order
    try:
        with raised_interrupts():
            return _run(sys.argv[1:] if arguments is None else arguments)
    except SegmenterError as error:
        return _complain(error)
    except KeyboardInterrupt:
        print("segmenter: Interrupted; nothing half-written was left.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone (`| head`); there is no one left to tell.
        sys.stdout = None
        return 0
    except Exception:
        return _report_bug()


def _run(arguments: Sequence[str]) -> int:
    from segmenter.cli.parser import parse

    chosen = parse(arguments)
    code: int = chosen.run(chosen)
    return code


def _complain(error: SegmenterError) -> int:
    from segmenter.cli.commands import complain

    complain(error)
    return 2


def _report_bug() -> int:
    from segmenter.cli.commands import bug_report

    print(bug_report(), file=sys.stderr)
    return 1
