"""Opening an image: from a file, a sample or a picture, on a thread, with a way back."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from segmenter.gui.recovery import is_aside
from segmenter.gui.worker import Runner
from segmenter.work import Progress, Work

if TYPE_CHECKING:
    from segmenter.gui.jobs import Opened
    from segmenter.images.file_info import SeriesInfo
    from segmenter.images.image import Image


Guard = Callable[[Callable[[], None], Callable[[], None], bool], None]
Welcome = Callable[["Image", Callable[[], None]], None]


class Opening(QObject):
    """Opens images; the latest request wins.

    Signals
    -------
    opened(Opened)
        The image and its picture.
    refused(SegmenterError)
        Why it could not be opened.
    series_found(str, tuple of SeriesInfo)
        A folder holds several series, of which one is to be chosen.
    left_closed(int)
        How many pictures were not opened, since they are opened one at a time.
    stayed()
        What is open stays open: the user would have lost work.

    Attributes
    ----------
    guard : callable
        Is told how to go on and how to stay before what is open is given up, and whether that was
        asked for already.
    welcome : callable
        Is told which image has been read, and how to go on once it can be shown.
    """

    opened = Signal(object)
    refused = Signal(object)
    series_found = Signal(str, object)
    left_closed = Signal(int)
    stayed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._requested = ("", 0)
        self._chosen: dict[str, str] = {}
        self._places: tuple[Path, ...] = ()
        self._n_others = 0
        self.guard: Guard = lambda go, *_: go()
        self.welcome: Welcome = lambda _, go: go()
        self._arrived: Opened | None = None
        self.runner = Runner("open", self)
        self.runner.succeeded.connect(self._deliver)
        self.runner.failed.connect(self.refused)

    @property
    def requested(self) -> Path:
        """The file last asked for."""
        return Path(self._requested[0])

    def open_path(
        self, path: str, page: int = 0, *, skip_missing: bool = False, goes_on: bool = False
    ) -> None:
        """Open a file, a folder of DICOM files or a ``sample:NAME``.

        What is open stays until it has been read. Of a folder with several series the one that
        was chosen before is taken; before any was, they are offered.

        Parameters
        ----------
        path : str
            The file, folder or sample.
        page : int
            Which page or frame of it, from 0.
        skip_missing : bool
            Whether pixels without a finite value are left out instead of refused.
        goes_on : bool
            Whether it is the rest of an opening for which the user has been asked.
        """

        def read() -> Image:
            from segmenter.images.read import read_image

            return read_image(path, page=page, series=series, skip_missing=skip_missing)

        series = self._chosen.get(os.path.normpath(path))
        name = PurePath(path.removeprefix("sample:")).name
        if series is None and os.path.isdir(path):
            work: Work[Any] = _folder_steps(path, name)
        else:
            work = _file_steps(path, read, name)
        self._start(work, (path, page), goes_on=goes_on)

    def open_series(self, folder: str, info: SeriesInfo) -> None:
        """Open one of several series that were found in a folder."""
        self._chosen[os.path.normpath(folder)] = info.uid
        work = _series_steps(folder, info, PurePath(folder).name)
        self._start(work, (folder, 0), goes_on=True)

    def open_session(self, path: Path, image_path: Path) -> None:
        """Open a session whose image is elsewhere now, or one more of its files."""
        places = (*self._places, image_path)
        self._start(_session_steps(path, *places), (str(path), 0), places, goes_on=True)

    def open_channels(self, paths: Sequence[str]) -> None:
        """Open aligned volumes as the channels of one image; of pictures the first alone."""

        def read() -> Image:
            from segmenter.images.channels import stack_channels
            from segmenter.images.read import read_image

            first = read_image(paths[0])
            if not first.is_volume:
                return first
            return stack_channels([first, *(read_image(path) for path in paths[1:])])

        work = _steps(read, f"{len(paths)} files")
        self._start(work, (paths[0], 0), n_others=len(paths) - 1)

    def open_without_missing(self) -> None:
        """Open the file last asked for, its pixels without a finite value left out."""
        path, page = self._requested
        self.open_path(path, page, skip_missing=True, goes_on=True)

    def _deliver(self, result: Opened | _FolderOfSeries) -> None:
        if isinstance(result, _FolderOfSeries):
            self.series_found.emit(result.folder, result.found)
        else:
            self._arrived = result
            self.welcome(result.image, partial(self._show, result))

    def _show(self, result: Opened) -> None:
        """Go on with an image, unless another one has arrived or work done meanwhile is to stay."""
        if self._arrived is result:
            self._arrived = None
            self.guard(partial(self._tell, result), self.stayed.emit, True)

    def _tell(self, result: Opened) -> None:
        self.opened.emit(result)
        if self._n_others and not result.image.is_volume:
            self.left_closed.emit(self._n_others)

    def open_image(self, make: Callable[[], Image], name: str) -> None:
        """Open an image that a call makes on the thread, such as the clipboard's."""
        self._start(_steps(make, name), ("", 0))

    def _start(
        self,
        work: Work[Any],
        requested: tuple[str, int],
        places: tuple[Path, ...] = (),
        *,
        n_others: int = 0,
        goes_on: bool = False,
    ) -> None:
        """Open something, unless the user would rather keep what is open."""

        def go() -> None:
            self._requested, self._places, self._n_others = requested, places, n_others
            self.runner.start(work)

        self.guard(go, self.stayed.emit, goes_on)


@dataclass(frozen=True)
class _FolderOfSeries:
    """A folder with several series."""

    folder: str
    found: tuple[SeriesInfo, ...]


def _folder_steps(folder: str, name: str) -> Work[Opened | _FolderOfSeries]:
    """Open the only series of a folder, or say which there are."""
    yield Progress(f"Looking through {name}")
    from segmenter.images.read import list_series

    found = list_series(folder)
    if len(found) > 1:
        return _FolderOfSeries(folder, found)
    return (yield from _series_steps(folder, found[0], name))


def _series_steps(folder: str, info: SeriesInfo, name: str) -> Work[Opened]:
    """Open a series from the files it was found in, so that others are not looked at again."""

    def read() -> Image:
        from segmenter.images.read import read_image

        return read_image(folder, series=info)

    return _steps(read, name)


def _file_steps(path: str, read: Callable[[], Image], name: str) -> Work[Opened]:
    """Open an image, or the session that a file holds, and the image it is about."""
    yield Progress(f"Opening {name}")
    from segmenter.session.file import is_session

    if is_session(path):
        return (yield from _session_steps(Path(path)))
    return (yield from _steps(read, name))


def _session_steps(path: Path, *places: Path) -> Work[Opened]:
    yield Progress(f"Opening {path.name}")
    from segmenter.session.file import Session, open_session

    opened: list[Session] = []

    def read() -> Image:
        opened.append(open_session(path, *places))
        return opened[0].document.image

    shown = yield from _steps(read, path.name)
    if is_aside(path):
        return replace(shown, session=opened[0], restored=path)
    return replace(shown, session=opened[0], session_path=path)


def _steps(make: Callable[[], Image], name: str) -> Work[Opened]:
    """Import on the thread what opening needs; at the start of the program nothing is there."""
    yield Progress(f"Opening {name}")
    from segmenter.gui.jobs import open_steps

    return (yield from open_steps(make, name))
