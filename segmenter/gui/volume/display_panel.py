"""How a volume is shown: window and level, channel, and the side it is seen from."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QSizePolicy, QWidget

from segmenter.gui import layouts
from segmenter.gui.actions import CONVENTION_TIPS
from segmenter.gui.controls import name_control
from segmenter.gui.coupling import couple
from segmenter.gui.volume.tone import GrayRange
from segmenter.gui.volume.viewpoint import Viewpoint

OWN_RANGE = "Own"
"""What the presets say while the range is none of them."""


class DisplayPanel(QWidget):
    """Shows the viewpoint in words and numbers, and changes it."""

    def __init__(self, viewpoint: Viewpoint) -> None:
        super().__init__()
        self._viewpoint = viewpoint
        self.presets = QComboBox()
        name_control(
            self.presets, "Gray range", "What is black and white; drag with the right button"
        )
        self.width_field = _number("Window: from black to white")
        self.level_field = _number("Level: the middle gray")
        self.channel = QComboBox()
        name_control(self.channel, "Channel", "The channel that is shown")
        self.convention = QComboBox()
        name_control(self.convention, "Convention", "From where the patient is seen")
        for index, (convention, words) in enumerate(CONVENTION_TIPS.items()):
            self.convention.addItem(convention.value, convention)
            self.convention.setItemData(index, words, Qt.ItemDataRole.ToolTipRole)
        rows = layouts.form()
        self.setLayout(rows)
        layouts.add_row(rows, "Gray range", self.presets, self.presets)
        numbers = layouts.row()
        numbers.addWidget(self.width_field, 1)
        numbers.addWidget(self.level_field, 1)
        layouts.add_row(rows, "Window and level", numbers, self.width_field)
        layouts.add_row(rows, "Convention", self.convention, self.convention)
        self._channel_title = layouts.add_row(rows, "Channel", self.channel, self.channel)
        self._couple()

    def _couple(self) -> None:
        viewpoint = self._viewpoint
        couple(self.presets, self.presets.activated, self._choose_preset,
               viewpoint.toned, self._show_preset)  # fmt: skip
        couple(
            self.width_field,
            self.width_field.valueChanged,
            self._type,
            viewpoint.toned,
            self._show_width,
        )
        couple(
            self.level_field,
            self.level_field.valueChanged,
            self._type,
            viewpoint.toned,
            self._show_level,
        )
        couple(self.channel, self.channel.activated, viewpoint.set_channel,
               viewpoint.toned, self._show_channel)  # fmt: skip
        couple(self.convention, self.convention.activated, self._choose_convention,
               viewpoint.turned, self._show_convention)  # fmt: skip
        viewpoint.opened.connect(self._show_volume)

    def _show_volume(self) -> None:
        image = self._viewpoint.image
        if image is None:
            return
        self.channel.clear()
        names = image.channel_names or [f"{each + 1}" for each in range(image.n_channels)]
        self.channel.addItems(list(names))
        for part in (self.channel, self._channel_title):
            part.setVisible(image.n_channels > 1)
        self._viewpoint.toned.emit()

    def _choose_preset(self, index: int) -> None:
        presets = self._viewpoint.tones[self._viewpoint.channel].presets
        gray = presets.get(self.presets.itemText(index))
        if gray is not None:
            self._viewpoint.set_gray(gray)

    def _type(self, _: float) -> None:
        gray = GrayRange.around(self.level_field.value(), self.width_field.value())
        self._viewpoint.set_gray(gray)

    def _show_preset(self) -> None:
        if not self._viewpoint.tones:
            return
        presets = self._viewpoint.tones[self._viewpoint.channel].presets
        names = [name for name, gray in presets.items() if gray == self._viewpoint.gray]
        titles = [*presets, *([] if names else [OWN_RANGE])]
        if [self.presets.itemText(each) for each in range(self.presets.count())] != titles:
            self.presets.clear()
            self.presets.addItems(titles)
        self.presets.setCurrentText(names[0] if names else OWN_RANGE)

    def _show_width(self) -> None:
        self._show_number(self.width_field, self._viewpoint.gray.width)

    def _show_level(self) -> None:
        self._show_number(self.level_field, self._viewpoint.gray.level)

    def _show_number(self, field: QDoubleSpinBox, value: float) -> None:
        """Show a number with as many digits as its scale makes useful."""
        width = max(self._viewpoint.gray.width, 1e-12)
        decimals = next((each for each in range(9) if width * 10**each >= 100), 9)
        field.setDecimals(decimals)
        field.setSingleStep(max(width / 20, 10.0**-decimals))
        field.setValue(value)

    def _show_channel(self) -> None:
        self.channel.setCurrentIndex(self._viewpoint.channel)

    def _choose_convention(self, index: int) -> None:
        self._viewpoint.set_convention(self.convention.itemData(index))

    def _show_convention(self) -> None:
        self.convention.setCurrentText(self._viewpoint.convention.value)


def _number(name: str) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setRange(-1e12, 1e12)
    field.setKeyboardTracking(False)
    field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # its range is wide
    field.lineEdit().setTextMargins(6, 0, 0, 0)
    name_control(field, name)
    return field
