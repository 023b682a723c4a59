"""What a user did or met that stops a job, each as one plain sentence.

Everything raised on purpose derives from :class:`SegmenterError`. The command line prints it and
exits with 2; the window shows it where the user looks. Any other exception is a bug.
"""

from __future__ import annotations


class SegmenterError(Exception):
    """A condition the user can understand and act on; ``str`` of it is one whole sentence."""


class ReadError(SegmenterError):
    """A file cannot be read as an image."""


class MissingValuesError(ReadError):
    """A file has pixels without a finite value; it can be read if they are left out.

    Parameters
    ----------
    problem : str
        What is wrong with it.
    remedy : str
        How they are left out; the window has a button for it, the command line an option.
    """

    def __init__(self, problem: str, remedy: str = "skip missing pixels to leave them out") -> None:
        super().__init__(problem, remedy)
        self.problem = problem

    def __str__(self) -> str:
        return "{}; {}.".format(*self.args)


class ImageMovedError(ReadError):
    """The image of a session is not where it was, or another one is there; it can be located."""


class WriteError(SegmenterError):
    """A result cannot be written."""


class ParameterError(SegmenterError):
    """A value given by the user is out of its range or does not fit the image."""


class BrainError(ParameterError):
    """No brain is found where one is looked for; another brain mask may help."""


class SamplesError(SegmenterError):
    """Samples cannot be modelled by a mixture: none, not finite, or of the wrong shape."""
