"""Several objects in one image, by mouse and keyboard."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog

from segmenter.gui.look import View

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def two(hand):
    """Return the hand after it has cut out a disc each as an object of its own."""
    hand.click(30, 45)
    hand.click(48, 45, RIGHT)
    hand.type(Qt.Key.Key_N)
    hand.click(90, 45)
    hand.click(72, 45, RIGHT)
    return hand


def names(hand):
    return [row.label.name for row in hand.window.work.objects.rows]


def label_map(hand):
    return hand.workspace.cutter.scene.label_map


def test_a_new_object_has_marks_of_its_own_and_lies_on_top(two, left_disc, right_disc):
    assert names(two) == ["Object 2", "Object 1"]
    assert two.workspace.active.value == 2
    assert len(two.workspace.active.marks.drawn) == 2
    truth = np.where(left_disc, 1, np.where(right_disc, 2, 0))
    assert (label_map(two) == truth).mean() > 0.97
    shares = [row.amount.text() for row in two.window.work.objects.rows]
    assert shares == [f"{100 * (label_map(two) == value).mean():.1f} %" for value in (2, 1)]
    assert two.window.work.objects.priority.isVisible()


def test_a_row_picks_the_object_that_marks_change(two, qtbot):
    before = label_map(two) == 2
    qtbot.mouseClick(two.window.work.objects.rows[1].amount, LEFT)
    assert two.workspace.active.value == 1
    assert two.window.work.object.share.text().startswith("Object 1 covers")
    two.click(60, 10)
    assert label_map(two)[10, 60] == 1
    assert not (before & (label_map(two) != 2)).any()


def test_the_upper_object_wins_and_order_is_changed_by_keys_and_undone(hand):
    hand.click(30, 45)
    hand.type(Qt.Key.Key_N)
    hand.click(30, 45)
    assert label_map(hand)[45, 30] == 2
    hand.type(Qt.Key.Key_Down, CONTROL)
    assert names(hand) == ["Object 1", "Object 2"]
    assert label_map(hand)[45, 30] == 1
    assert hand.window.commands.undo.text() == "Undo Move Object 2"
    hand.type(Qt.Key.Key_Z, CONTROL)
    assert names(hand) == ["Object 2", "Object 1"]
    assert label_map(hand)[45, 30] == 2


def test_a_row_is_dragged_to_another_place(two, qtbot):
    row = two.window.work.objects.rows[0]
    middle = row.grip.rect().center()
    qtbot.mousePress(row.grip, LEFT, pos=middle)
    qtbot.mouseRelease(row.grip, LEFT, pos=middle + 30 * row.rect().bottomLeft() / row.height())
    two.settle()
    assert names(two) == ["Object 1", "Object 2"]


def test_each_mark_is_one_step_and_undo_goes_to_the_object_it_changes(two, qtbot):
    qtbot.mouseClick(two.window.work.objects.rows[1].amount, LEFT)
    assert two.workspace.active.value == 1
    two.type(Qt.Key.Key_Z, CONTROL)
    assert two.workspace.active.value == 2
    assert len(two.workspace.active.marks.drawn) == 1
    for _ in range(2):
        two.type(Qt.Key.Key_Z, CONTROL)
    assert names(two) == ["Object 1"]
    assert set(np.unique(label_map(two))) == {0, 1}
    for _ in range(3):
        two.type(Qt.Key.Key_Y, CONTROL)
    assert names(two) == ["Object 2", "Object 1"]
    assert set(np.unique(label_map(two))) == {0, 1, 2}


def test_an_object_is_deleted_and_comes_back(two):
    two.type(Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    assert names(two) == ["Object 1"]
    assert two.workspace.active.value == 1
    assert set(np.unique(label_map(two))) == {0, 1}
    two.type(Qt.Key.Key_Z, CONTROL)
    assert set(np.unique(label_map(two))) == {0, 1, 2}
    for _ in range(2):
        two.type(Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    assert names(two) == ["Object 1"]
    assert two.workspace.cutter.scene is None
    assert not two.window.commands.delete_object.isEnabled()


def test_objects_are_named_colored_hidden_and_shown_alone(two, monkeypatch, qtbot):
    row = two.window.work.objects.rows[0]
    two.window.commands.rename.trigger()
    qtbot.keyClicks(row.name, "Right disc")
    qtbot.keyClick(row.name, Qt.Key.Key_Return)
    assert names(two) == ["Right disc", "Object 1"]
    chosen = QColor(10, 200, 30)
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_: chosen)
    qtbot.mouseClick(row.swatch, LEFT)
    assert two.workspace.active.label.color == chosen.getRgb()[:3]
    bright = two.color(90, 36)
    two.type(Qt.Key.Key_H)
    assert not two.workspace.active.label.visible
    assert sum(two.color(90, 36)) < sum(bright)
    two.type(Qt.Key.Key_H)
    qtbot.mouseClick(two.window.work.objects.rows[1].solo, LEFT)
    assert sum(two.color(90, 36)) < sum(bright)
    assert two.workspace.look.solo == 1
    two.type(Qt.Key.Key_Z, CONTROL)
    assert two.workspace.look.solo == 1


def test_a_name_left_empty_is_the_first_one_again(two, qtbot):
    row = two.window.work.objects.rows[0]
    two.window.commands.rename.trigger()
    row.name.clear()
    qtbot.keyClick(row.name, Qt.Key.Key_Return)
    assert names(two)[0] == "Object 2"


CHECKS = ((255, 255, 255), (204, 204, 204))


@pytest.fixture
def seen(two, qtbot):
    """Return a call that tells which discs the canvas shows in their own color, by computed views.

    Red is 1, what is beneath a cut-out 0.
    """
    painter = two.window.work.foreground_painter

    def look():
        qtbot.waitUntil(lambda: not painter.planes.is_busy)
        colors = [two.color(30, 36), two.color(90, 36)]
        return [0 if color in CHECKS else int(color[0] > 150 > color[2]) for color in colors]

    return look


def test_the_cutout_is_of_all_objects_that_are_visible(two, seen):
    two.workspace.set_look(view=View.CUTOUT)
    assert seen() == [1, 1]
    two.type(Qt.Key.Key_H)
    assert seen() == [1, 0]
    two.workspace.set_look(selected=1)
    assert seen() == [1, 0]
    two.type(Qt.Key.Key_Z, CONTROL)
    assert seen() == [1, 1]
    two.workspace.set_look(solo=2)
    assert seen() == [0, 1]


def test_other_views_are_those_of_the_object_that_is_edited(two, qtbot):
    two.workspace.set_look(view=View.PROBABILITY)
    painter = two.window.work.foreground_painter
    pixels = []
    for value in (2, 1):
        two.workspace.set_look(selected=value)
        qtbot.waitUntil(lambda: not painter.planes.is_busy)
        pixels.append(two.color(90, 36))
    assert pixels[0] != pixels[1]


def test_marks_that_make_no_sense_leave_the_other_objects(two):
    two.type(Qt.Key.Key_N)
    assert two.workspace.active.value == 3
    two.click(60, 10, RIGHT)
    assert "Only background is marked" in two.window.work.object.message.text()
    assert set(np.unique(label_map(two))) == {0, 1, 2}


def test_another_image_begins_with_one_object(two, photo, qtbot):
    two.workspace.set_look(selected=2, solo=2)
    with qtbot.waitSignal(two.workspace.opened):
        two.window.open_path(str(photo))
    assert names(two) == ["Object 1"]
    assert two.workspace.look.solo is None
    assert two.workspace.cutter.scene is None


def test_a_lasso_finds_the_object_in_it_and_is_one_step(hand, right_disc):
    hand.type(Qt.Key.Key_Q)
    around = [(66, 45), (72, 24), (90, 18), (108, 24), (114, 45), (108, 66), (90, 72), (72, 66)]
    hand.drag(around)
    assert hand.workspace.active.marks.lasso is not None
    assert hand.overlap(right_disc) > 0.9
    assert not hand.mask[:, :60].any()
    assert hand.window.commands.undo.text() == "Undo Draw Lasso"
    hand.type(Qt.Key.Key_Z, CONTROL)
    assert hand.workspace.cutter.cut is None


def test_a_lasso_is_followed_while_it_is_drawn_and_escape_gives_it_up(hand, qtbot):
    hand.type(Qt.Key.Key_Q)
    hand.drag([(66, 20), (113, 20), (113, 69), (66, 69)], release=False)
    hand.settle()
    coarse = hand.workspace.cutter.coarse.levels[0].pixels
    assert coarse[coarse.shape[0] // 2, 3 * coarse.shape[1] // 4] == 1
    hand.window.work.canvas.setFocus()
    qtbot.keyClick(hand.window.work.canvas, Qt.Key.Key_Escape)
    assert hand.workspace.cutter.coarse is None
    assert not hand.workspace.active.marks


def test_a_click_with_the_lasso_is_a_click(hand):
    hand.type(Qt.Key.Key_Q)
    hand.click(30, 45)
    assert hand.workspace.active.marks.drawn[0].is_object


def test_the_preview_of_a_lasso_keeps_earlier_clicks(hand):
    hand.click(30, 45)
    hand.type(Qt.Key.Key_Q)
    hand.drag([(66, 20), (113, 20), (113, 69), (66, 69)], release=False)
    hand.settle()
    coarse = hand.workspace.cutter.coarse.levels[0].pixels
    rows = coarse.shape[0] // 2
    assert coarse[rows, coarse.shape[1] // 4] == coarse[rows, 3 * coarse.shape[1] // 4] == 1


def test_with_all_objects_hidden_the_cut_out_shows_an_empty_checkerboard(hand, qtbot):
    hand.click(30, 45)
    hand.type(Qt.Key.Key_C)
    qtbot.waitUntil(lambda: not hand.window.work.foreground_painter.planes.is_busy)
    assert hand.color(30, 45)[0] > 180 > hand.color(30, 45)[2]
    hand.type(Qt.Key.Key_H)
    seen = {hand.color(x, y) for x in range(0, 120, 3) for y in range(0, 90, 3)}
    assert seen <= {(255, 255, 255), (204, 204, 204)}
    hand.type(Qt.Key.Key_H)
    qtbot.waitUntil(lambda: hand.color(30, 45)[2] < 180)
