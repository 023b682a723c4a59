"""The brush that says where the outline is soft."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from segmenter.gui.look import View, Way

RIGHT = Qt.MouseButton.RightButton
ACROSS = [(50, 38), (58, 42), (60, 48)]


@pytest.fixture
def refining(hand):
    hand.click(30, 45)
    hand.type(Qt.Key.Key_E)
    return hand


def cutout(hand, qtbot):
    """Return the opacity that the cut-out view shows."""
    painter = hand.window.work.foreground_painter
    hand.workspace.set_look(view=View.CUTOUT)
    qtbot.waitUntil(lambda: not painter.planes.is_busy)
    return painter.cutout._levels.levels[0].pixels[..., 3].copy()


def test_a_stroke_softens_the_outline_in_the_cutout_and_is_undone(refining, qtbot):
    mask = refining.mask.copy()
    plain = cutout(refining, qtbot)
    refining.drag(ACROSS)
    drawn = refining.workspace.active.edge[0].covered(plain.shape)
    refined = cutout(refining, qtbot)
    assert (refined != plain)[drawn].any()
    assert (refined == plain)[:, 90:].all()
    assert (refining.mask == mask).all()
    assert refining.window.commands.undo.text() == "Undo Refine Edge"
    refining.type(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (cutout(refining, qtbot) == plain).all()


def test_the_right_button_takes_back(refining, qtbot):
    plain = cutout(refining, qtbot)
    refining.drag(ACROSS)
    tool = refining.window.work.foreground_painter.tool
    tool.set_brush_width(4 * tool.brush_width)
    refining.drag(ACROSS, RIGHT)
    assert len(refining.workspace.active.edge) == 2
    assert (cutout(refining, qtbot) == plain).all()


def test_strokes_are_seen_while_the_brush_is_in_hand(refining):
    before = refining.color(58, 42)
    refining.drag(ACROSS)
    yellow = refining.color(58, 42)
    assert yellow[1] > before[1] + 60
    refining.type(Qt.Key.Key_V)
    assert np.abs(np.subtract(refining.color(58, 42), before)).max() < 30


def test_without_an_object_there_is_nothing_to_refine(hand):
    hand.type(Qt.Key.Key_E)
    assert hand.window.work.foreground_painter.tool.way is Way.EDGE
    assert "Cut an object out first" in hand.window.work.object.sentence.text()
    hand.drag(ACROSS)
    assert hand.workspace.active.edge == ()
    assert not hand.window.commands.undo.isEnabled()


def test_another_photo_is_clicked_whatever_was_in_hand(refining, photo, left_disc, qtbot):
    refining.type(Qt.Key.Key_X)
    with qtbot.waitSignal(refining.workspace.opened):
        refining.window.open_path(str(photo))
    refining.settle()
    ways = refining.window.commands.ways
    assert [way for way, action in ways.items() if action.isChecked()] == [Way.CLICK]
    assert not refining.window.commands.swap.isChecked()
    refining.click(30, 45)
    assert refining.mask[45, 30]


def test_clearing_marks_takes_the_soft_outline_with_them(refining):
    refining.drag(ACROSS)
    refining.type(Qt.Key.Key_Delete)
    assert refining.workspace.active.edge == ()
    refining.type(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(refining.workspace.active.edge) == 1


def test_in_the_window_strokes_lie_where_they_were_drawn(refining):
    refining.drag(ACROSS)
    canvas = refining.window.work.canvas
    at = canvas.viewport().mapTo(refining.window, refining.place(58, 42))
    shown = refining.window.grab().toImage().pixelColor(at).getRgb()[:3]
    assert np.abs(np.subtract(shown, refining.color(58, 42))).max() < 30
