"""The brush in the panel: what it paints, how large it is, and whether it is a disc or a ball."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QSlider, QWidget

from segmenter.gui import layouts
from segmenter.gui.controls import name_control
from segmenter.gui.coupling import couple
from segmenter.gui.volume.brush import LARGEST_RADIUS, SMALLEST_RADIUS, Brush

STEPS = 10
"""Of the slider, for each millimeter."""


class BrushPanel(QWidget):
    """Shows the brush and changes it."""

    def __init__(self, brush: Brush) -> None:
        super().__init__()
        self._brush = brush
        self.target = QComboBox()
        name_control(self.target, "What is painted", "The picked tissue, or the mask of the brain")
        self.target.addItem("Picked tissue", "labels")
        self.target.addItem("Brain mask", "brain")
        self.shape = QComboBox()
        name_control(self.shape, "Shape of the brush", "In one slice, or in all around it")
        self.shape.addItem("Disc in the slice", False)
        self.shape.addItem("Ball", True)
        self.radius = QSlider(Qt.Orientation.Horizontal)
        self.radius.setRange(round(STEPS * SMALLEST_RADIUS), round(STEPS * LARGEST_RADIUS))
        name_control(self.radius, "Radius of the brush", "Radius in mm ([ and ])")
        self._radius_text = QLabel(alignment=_RIGHT)
        self._radius_text.setMinimumWidth(
            self._radius_text.fontMetrics().horizontalAdvance("88.8 mm")
        )
        self.words = QLabel("Paint with the left button, take away with the right.", wordWrap=True)
        self.words.setObjectName("faint")
        self._lay_out()
        couple(self.target, self.target.activated,
               lambda index: brush.set_target(self.target.itemData(index)), brush.changed,
               lambda: self.target.setCurrentIndex(self.target.findData(brush.target)))  # fmt: skip
        couple(self.shape, self.shape.activated,
               lambda index: brush.set_ball(self.shape.itemData(index)), brush.changed,
               lambda: self.shape.setCurrentIndex(int(brush.is_ball)))  # fmt: skip
        couple(self.radius, self.radius.valueChanged,
               lambda value: brush.set_radius(value / STEPS), brush.changed,
               self._show_radius)  # fmt: skip

    def _lay_out(self) -> None:
        rows = layouts.form()
        self.setLayout(rows)
        layouts.add_row(rows, "Paint", self.target, self.target)
        layouts.add_row(rows, "Shape", self.shape, self.shape)
        size = layouts.row()
        size.addWidget(self.radius, 1)
        size.addWidget(self._radius_text)
        layouts.add_row(rows, "Radius", size, self.radius)
        rows.addWidget(self.words, rows.rowCount(), 0, 1, 2)

    def _show_radius(self) -> None:
        self.radius.setValue(round(STEPS * self._brush.radius))
        self._radius_text.setText(f"{self._brush.radius:.1f} mm")


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
