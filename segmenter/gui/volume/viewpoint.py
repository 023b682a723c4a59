"""Where the crosshair is and how volumes are shown: values of the window that are not undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from segmenter.gui.look import Convention
from segmenter.gui.volume.slicing import Plane, Slicing, Voxel, slicing_of
from segmenter.gui.volume.tone import GrayRange, Tones

if TYPE_CHECKING:
    from segmenter.images.image import Image


class Viewpoint(QObject):
    """Links the planes: all of them show the voxel under the one crosshair.

    Signals
    -------
    opened()
        Another volume is shown.
    moved()
        The crosshair is at another voxel.
    toned()
        Other values are black and white, or another channel is shown.
    turned()
        The planes are seen from another side.
    """

    opened = Signal()
    moved = Signal()
    toned = Signal()
    turned = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.image: Image | None = None
        self.tones: tuple[Tones, ...] = ()
        self.voxel: Voxel = (0, 0, 0)
        self.channel = 0
        self.gray = GrayRange(0.0, 1.0)
        self.convention = Convention.RADIOLOGICAL
        self.slicings: dict[Plane, Slicing] = {}

    def open_volume(self, image: Image, tones: tuple[Tones, ...], *, keep: bool) -> None:
        """Show another volume.

        Parameters
        ----------
        image : Image
            The volume.
        tones : tuple of Tones
            Of its channels.
        keep : bool
            Whether crosshair and gray range stay: another volume of the same file.
        """
        is_alike = keep and self.image is not None and self.image.grid == image.grid
        self.image, self.tones = image, tones
        self._turn()
        if not is_alike:
            i, j, k = image.grid
            self.voxel, self.channel = (i // 2, j // 2, k // 2), 0
            self.gray = tones[0].auto
        self.opened.emit()
        self.moved.emit()

    def move_to(self, voxel: Voxel) -> None:
        """Put the crosshair on a voxel, or on the nearest one of the grid."""
        if self.image is None:
            return
        i, j, k = (
            min(max(place, 0), side - 1) for place, side in zip(voxel, self.image.grid, strict=True)
        )
        if (i, j, k) != self.voxel:
            self.voxel = (i, j, k)
            self.moved.emit()

    def scroll(self, plane: Plane, step: int) -> None:
        """Go some slices towards the top, the front or the right."""
        if plane in self.slicings:
            row, column, index = self.slicings[plane].place_of(self.voxel)
            self.move_to(self.slicings[plane].voxel_at(row, column, index + step))

    def set_gray(self, gray: GrayRange) -> None:
        """Show other values as black and white."""
        if gray != self.gray:
            self.gray = gray
            self.toned.emit()

    def set_channel(self, channel: int) -> None:
        """Show another channel, in its own range."""
        if channel != self.channel and channel < len(self.tones):
            self.channel = channel
            self.gray = self.tones[channel].auto
            self.toned.emit()

    def set_convention(self, convention: Convention) -> None:
        """See axial and coronal planes from the other side."""
        if convention is not self.convention:
            self.convention = convention
            self._turn()
            self.turned.emit()

    def _turn(self) -> None:
        if self.image is not None:
            self.slicings = {
                plane: slicing_of(self.image, plane, self.convention) for plane in Plane
            }
