from itertools import product

import pytest
from PySide6.QtGui import QColor

from segmenter.gui.theme import DARK, LIGHT
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
