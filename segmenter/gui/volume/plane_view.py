"""One plane of a volume: its canvas, and the slider through its slices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, Qt, Signal, SignalInstance
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel, QSlider, QWidget

from segmenter.gui import layouts
from segmenter.gui.canvas.outline_tiles import OutlineTiles
from segmenter.gui.controls import name_control
from segmenter.gui.volume.navigate import NavigateTool
from segmenter.gui.volume.plane_canvas import PlaneCanvas
from segmenter.gui.volume.slicing import Plane, Slicing
from segmenter.gui.volume.tone import gray_levels, one_level
from segmenter.gui.volume.viewpoint import Viewpoint

PAINTING = (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton)
"""Buttons that paint: one adds, the other takes away."""


@dataclass(frozen=True, eq=False)
class Paint:
    """What is painted over the planes of a volume.

    Attributes
    ----------
    values : integer ndarray of shape grid, or None
        Seen through `table`.
    table : sequence of int
        A color 0xAARRGGBB for each value: 256 of uint8.
    opacity : float
        Of the values, 0..1.
    lines : integer ndarray of shape grid, or None
        Its parts have outlines in the colors of `line_table`.
    line_table : sequence of int
        A color 0xAARRGGBB for each value.
    lookup : integer ndarray, or None
        What stands for each number in `values` and `lines`, where it is not the number itself.
    """

    values: NDArray[Any] | None = None
    table: Sequence[int] = ()
    opacity: float = 1.0
    lines: NDArray[Any] | None = None
    line_table: Sequence[int] = ()
    lookup: NDArray[Any] | None = None

    def colored(self, slicing: Slicing, index: int) -> tuple[NDArray[np.uint8], list[int]]:
        """Cut a slice of the values, as bytes and the 256 colors they are seen through.

        Of more than 255 values those that are in the slice are numbered anew.
        """
        values = self._cut(self.values, slicing, index)
        if values.dtype == np.uint8:
            return values, list(self.table)
        present, numbers = np.unique(values, return_inverse=True)
        table = [int(self.table[value]) for value in present[:256]]
        bytes_ = numbers.reshape(values.shape).clip(max=255).astype(np.uint8)
        return bytes_, table + [0] * (256 - len(table))

    def outlined(self, slicing: Slicing, index: int) -> NDArray[Any]:
        """Cut a slice of the values that have outlines."""
        return self._cut(self.lines, slicing, index)

    def _cut(self, volume: NDArray[Any] | None, slicing: Slicing, index: int) -> NDArray[Any]:
        assert volume is not None  # else there is nothing to paint
        flat = slicing.cut(volume, index)
        return flat if self.lookup is None else self.lookup[flat]


class PlaneView(QWidget):
    """Shows the slice in which the crosshair is.

    Signals
    -------
    enlarged()
        The plane is to have all the room, or to give it back.
    """

    enlarged = Signal()

    def __init__(self, plane: Plane, viewpoint: Viewpoint) -> None:
        super().__init__()
        self.plane = plane
        self._viewpoint = viewpoint
        self._paint = Paint()
        self._shown: object = None
        self.canvas = PlaneCanvas()
        self.canvas.setAccessibleName(f"{plane.value} plane")
        self.tiles = OutlineTiles(self.canvas)
        self.navigate = NavigateTool(self.canvas, viewpoint, plane)
        self.canvas.use_tool(self.navigate)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setPageStep(5)
        name_control(self.slider, f"{plane.value} slice", "Slice; the wheel scrolls over the image")
        self.place = QLabel(alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._lay_out()
        self._connect()

    @property
    def slicing(self) -> Slicing:
        """How the plane samples the volume."""
        return self._viewpoint.slicings[self.plane]

    @property
    def index(self) -> int:
        """The slice that is shown."""
        return self.slicing.place_of(self._viewpoint.voxel)[2]

    def grid_place(self, place: QPointF) -> tuple[float, float, float]:
        """Return where on the grid a place on the canvas is; whole numbers are middles."""
        width, height = self.canvas.pixel
        row, column = place.y() / height - 0.5, place.x() / width - 0.5
        return self.slicing.grid_place(row, column, self.index)

    def show_circle(self, place: QPointF | None, radius: float) -> None:
        """Draw the circle of a brush of so many millimeters around a place on the canvas."""
        if place is None:
            self.canvas.show_brush(None)
            return
        reach = radius / self.unit
        corner = place - QPointF(reach, reach)
        self.canvas.show_brush(QRectF(corner.x(), corner.y(), 2 * reach, 2 * reach))

    def show_paint(self, paint: Paint) -> None:
        """Paint something else over the slices."""
        self._paint = paint
        self._show_paint()

    def _lay_out(self) -> None:
        title = QLabel(self.plane.value)
        title.setObjectName("planeTitle")
        bar = _Bar(self.enlarged)
        bar.setObjectName("planeBar")
        bar.setToolTip("A double click enlarges the plane, and brings the others back")
        row = layouts.row(bar, margins=(12, 0, 12, 0))
        row.addWidget(title)
        row.addWidget(self.slider, 1)
        row.addWidget(self.place)
        column = layouts.column(self, spacing=0)
        column.addWidget(self.canvas, 1)
        column.addWidget(bar)

    def _connect(self) -> None:
        viewpoint, plane = self._viewpoint, self.plane
        self.canvas.scrolled.connect(lambda step: viewpoint.scroll(plane, step))
        self.canvas.nudged.connect(self._nudge)
        self.slider.valueChanged.connect(self._go_to)
        viewpoint.opened.connect(self._show_other)
        viewpoint.turned.connect(self._show_volume)
        viewpoint.toned.connect(self._follow)
        viewpoint.moved.connect(self._follow)

    def _nudge(self, rows: int, columns: int) -> None:
        row, column, index = self.slicing.place_of(self._viewpoint.voxel)
        self._viewpoint.move_to(self.slicing.voxel_at(row + rows, column + columns, index))

    def _go_to(self, index: int) -> None:
        row, column, _ = self.slicing.place_of(self._viewpoint.voxel)
        self._viewpoint.move_to(self.slicing.voxel_at(row, column, index))

    def _show_other(self) -> None:
        """Begin with another volume."""
        self._paint = Paint()
        self._show_volume()

    def _show_volume(self) -> None:
        if self._viewpoint.image is None:  # the convention is known before there is a volume
            return
        with QSignalBlocker(self.slider):
            self.slider.setMaximum(self.slicing.n_slices - 1)
        digits = "8" * len(str(self.slicing.n_slices))
        self.place.setMinimumWidth(
            self.place.fontMetrics().horizontalAdvance(f"{digits} of {digits}")
        )
        self._shown = None
        self._follow()

    def _follow(self) -> None:
        """Show the slice of the crosshair, unless it is on screen, and the crosshair."""
        if self._viewpoint.image is None:
            return
        if self._wanted != self._shown:
            self._show_slice()
        row, column, _ = self.slicing.place_of(self._viewpoint.voxel)
        width, height = self._pixel
        cross = QPointF((column + 0.5) * width, (row + 0.5) * height)
        self.canvas.show_marks(self.slicing.letters, cross)

    @property
    def _wanted(self) -> object:
        """What is to be seen of the volume that is open."""
        return self.index, self._viewpoint.gray, self._viewpoint.channel

    def _show_slice(self) -> None:
        image = self._viewpoint.image
        if image is None:
            return
        index, self._shown = self.index, self._wanted
        pixels = self.slicing.cut(image.pixels, index)[..., self._viewpoint.channel]
        levels = gray_levels(pixels, self._viewpoint.gray)
        self.canvas.show_picture(levels, keep_view=True, pixel=self._pixel)
        with QSignalBlocker(self.slider):
            self.slider.setValue(index)
        self.place.setText(f"{index + 1} of {self.slicing.n_slices}")
        self._show_paint()

    def _show_paint(self) -> None:
        paint, overlay = self._paint, self.canvas.overlay
        overlay.setOpacity(paint.opacity)
        if paint.values is None:
            overlay.show_values(None, [])
        else:
            values, table = paint.colored(self.slicing, self.index)
            overlay.show_values(one_level(values), table)
        if paint.lines is None:
            self.tiles.hide()
        else:
            lines = _squared(paint.outlined(self.slicing, self.index), self._pixel)
            self.tiles.show_outlines(lines, paint.line_table)

    @property
    def unit(self) -> float:
        """Millimeters of a unit of the canvas: the smallest side of a voxel."""
        return min(self.slicing.spacing)

    @property
    def _pixel(self) -> tuple[float, float]:
        """Width and height of a pixel on the canvas."""
        across, down, _ = self.slicing.spacing
        return across / self.unit, down / self.unit


class _Bar(QWidget):
    """The row below a plane."""

    def __init__(self, double_clicked: SignalInstance) -> None:
        super().__init__()
        self._double_clicked = double_clicked

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell of it, whatever tool is in hand."""
        self._double_clicked.emit()
        event.accept()


def _squared(labels: NDArray[Any], pixel: tuple[float, float]) -> NDArray[Any]:
    """Give pixels that are not square as many square ones, as the canvas has them."""
    if pixel == (1.0, 1.0):
        return labels
    columns, rows = (
        (np.arange(round(side * length)) / length).astype(np.intp).clip(max=side - 1)
        for side, length in zip(labels.shape[::-1], pixel, strict=True)
    )
    squared: NDArray[Any] = labels[rows[:, None], columns]
    return squared
