"""What a cut-out is seen on besides a checkerboard: another image, scaled to cover."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from segmenter.gui.look import Ground
from segmenter.gui.worker import Runner
from segmenter.gui.workspace import Workspace
from segmenter.work import Progress, Work

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segmenter.gui.canvas.levels import Levels


@dataclass(frozen=True, eq=False)
class GroundPicture:
    """Another image in the size of the one that is cut.

    Attributes
    ----------
    path : Path
        Where it was read.
    rgb : uint8 ndarray, shape (height, width, 3)
        Its display colors.
    levels : Levels
        The same for the canvas.
    """

    path: Path
    rgb: NDArray[np.uint8]
    levels: Levels


class GroundLoader(QObject):
    """Reads the image that the look asks for, on a thread; the latest one wins.

    Signals
    -------
    changed()
        Another picture is there, or none any more.
    refused(SegmenterError)
        Why the image cannot be read; the ground is a checkerboard again.
    """

    changed = Signal()
    refused = Signal(object)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.picture: GroundPicture | None = None
        self._workspace = workspace
        self._wanted: tuple[Path, tuple[int, ...]] | None = None
        self.runner = Runner("ground", self)
        self.runner.succeeded.connect(self._take)
        self.runner.failed.connect(self._refuse)
        self.runner.crashed.connect(workspace.crashed)
        workspace.look_changed.connect(self._follow)
        workspace.opened.connect(lambda *_: self._follow())

    def _follow(self) -> None:
        document, path = self._workspace.document, self._workspace.look.ground.path
        if document is None or path is None:
            return
        wanted = (path, document.image.grid)
        if wanted != self._wanted:
            self._wanted, self.picture = wanted, None
            self.runner.start(_read(path, (document.image.grid[0], document.image.grid[1])))
            self.changed.emit()

    def _take(self, picture: GroundPicture) -> None:
        self.picture = picture
        self.changed.emit()

    def _refuse(self, error: Exception) -> None:
        self._wanted = None
        self._workspace.set_look(ground=Ground())
        self.refused.emit(error)


def _read(path: Path, grid: tuple[int, int]) -> Work[GroundPicture]:
    """Read an image and scale it to cover a grid, with imports on the thread."""
    yield Progress(f"Reading {path.name}")
    from segmenter.export.composite import covering
    from segmenter.gui.canvas.levels import picture_levels
    from segmenter.images.display import display_rgb
    from segmenter.images.read import read_image

    rgb = display_rgb(read_image(path))
    yield Progress(f"Preparing {path.name}")
    covered = covering(rgb, grid)
    return GroundPicture(path, covered, picture_levels(covered))
