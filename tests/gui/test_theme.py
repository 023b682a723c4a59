from itertools import product

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox

from segmenter.gui.theme import DARK, LIGHT, Theme, apply_theme, current_colors
from tests.gui.contrast import contrast

GROUNDS = ("window", "panel", "field")
TEXTS = [
    *product(("text", "faint_text"), GROUNDS),
    ("text", "hover"),
    ("text", "selection"),
    ("on_accent", "accent"),
    ("error_text", "error_ground"),
]


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_can_be_read(colors, text, ground):
    assert contrast(QColor(getattr(colors, text)), QColor(getattr(colors, ground))) >= 4.5


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_controls_stand_out(colors, ground):
    assert contrast(QColor(colors.control_border), QColor(getattr(colors, ground))) >= 3


@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
def test_the_list_of_a_field_is_marked_as_menus_are(qapp, qtbot, theme):
    apply_theme(qapp, theme)
    field = QComboBox()
    qtbot.addWidget(field)
    field.addItems(["Color", "Intensity"])
    field.show()
    field.showPopup()
    view = field.view()
    qtbot.waitUntil(view.isVisible)
    row = view.visualRect(field.model().index(0, 0))
    color = view.viewport().grab().toImage().pixelColor(row.right() - 8, row.center().y())
    field.hidePopup()
    assert color.name() == current_colors().hover
