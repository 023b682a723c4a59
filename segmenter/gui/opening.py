"""Opening an image: from a file, a sample or a picture, on a thread, with a way back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from segmenter.gui.worker import Runner
from segmenter.work import Progress, Work

if TYPE_CHECKING:
    from segmenter.gui.jobs import Opened
    from segmenter.images.image import Image


class Opening(QObject):
    """Opens images; the latest request wins.

    Signals
    -------
    opened(Opened)
        The image and its picture.
    refused(SegmenterError)
        Why it could not be opened.
    """

    opened = Signal(object)
    refused = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._requested = ("", 0)
        self.runner = Runner("open", self)
        self.runner.succeeded.connect(self.opened)
        self.runner.failed.connect(self.refused)

    def open_path(self, path: str, page: int = 0, *, skip_missing: bool = False) -> None:
        """Open a file or a ``sample:NAME``; what is open stays until it has been read.

        Parameters
        ----------
        path : str
            The file or sample.
        page : int
            Which page or frame of it, from 0.
        skip_missing : bool
            Whether pixels without a finite value are left out instead of refused.
        """

        def read() -> Image:
            from segmenter.images.read import read_image

            return read_image(path, page=page, skip_missing=skip_missing)

        self._requested = (path, page)
        self.open_image(read, PurePath(path.removeprefix("sample:")).name)

    def open_without_missing(self) -> None:
        """Open the file last asked for, its pixels without a finite value left out."""
        path, page = self._requested
        self.open_path(path, page, skip_missing=True)

    def open_image(self, make: Callable[[], Image], name: str) -> None:
        """Open an image that a call makes on the thread, such as the clipboard's."""
        self.runner.start(_steps(make, name))


def _steps(make: Callable[[], Image], name: str) -> Work[Opened]:
    """Import on the thread what opening needs; at the start of the program nothing is there."""
    yield Progress(f"Opening {name}")
    from segmenter.gui.jobs import open_steps

    return (yield from open_steps(make, name))
