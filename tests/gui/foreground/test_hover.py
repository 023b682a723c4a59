"""What a click would select, shown before it is made."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication


@pytest.fixture
def hover(hand):
    return hand.window.work.foreground_painter.hover


def move(hand, qtbot, x, y):
    """Come from beyond the image: the pointer may be at the place already."""
    qtbot.mouseMove(hand.viewport, hand.place(-1, 5))
    qtbot.mouseMove(hand.viewport, hand.place(x, y))


def wait_until_shown(hover, qtbot):
    qtbot.waitUntil(lambda: hover.layer.is_shown)


def test_the_object_under_the_pointer_is_shown_and_a_click_selects_it(
    hand, hover, left_disc, qtbot
):
    bare = hand.color(30, 36)
    move(hand, qtbot, 30, 45)
    wait_until_shown(hover, qtbot)
    assert min(hand.color(30, 36)) > min(bare) + 20
    assert hand.workspace.cutter.scene is None
    hand.click(30, 45)
    assert not hover.layer.is_shown
    assert hand.mask[left_disc].mean() > 0.95


def test_it_gives_way_when_the_pointer_moves_on(hand, hover, qtbot):
    bare = hand.color(60, 14)
    move(hand, qtbot, 30, 45)
    wait_until_shown(hover, qtbot)
    assert hand.color(60, 14) == bare
    move(hand, qtbot, 60, 5)
    qtbot.waitUntil(lambda: hover.layer.is_shown and hand.color(60, 14) != bare)
    QApplication.sendEvent(hand.window.work.canvas, QEvent(QEvent.Type.Leave))
    assert not hover.layer.is_shown


def test_what_was_computed_for_a_place_that_was_left_is_not_shown(hand, hover, qtbot):
    move(hand, qtbot, 30, 45)
    assert hover.runner.is_busy
    QApplication.sendEvent(hand.window.work.canvas, QEvent(QEvent.Type.Leave))
    qtbot.wait(100)
    assert not hover.layer.is_shown
    assert not hover.runner.is_busy


def test_a_place_that_is_known_is_shown_at_once(hand, hover, qtbot):
    move(hand, qtbot, 30, 45)
    wait_until_shown(hover, qtbot)
    QApplication.sendEvent(hand.window.work.canvas, QEvent(QEvent.Type.Leave))
    move(hand, qtbot, 30, 45)
    assert hover.layer.is_shown
    assert not hover.runner.is_busy


def test_it_is_there_for_a_new_object_only(hand, hover, qtbot):
    hand.click(30, 45)
    move(hand, qtbot, 90, 45)
    assert not hover.runner.is_busy
    hand.type(Qt.Key.Key_N)
    move(hand, qtbot, 90, 44)
    wait_until_shown(hover, qtbot)


@pytest.mark.parametrize("key", [Qt.Key.Key_B, Qt.Key.Key_I, Qt.Key.Key_R])
def test_it_belongs_to_clicks_in_the_object_view(hand, hover, qtbot, key):
    hand.type(key)
    move(hand, qtbot, 30, 45)
    assert not hover.runner.is_busy
    assert not hover.layer.is_shown


def test_it_can_be_turned_off_and_that_is_remembered(hand, hover, qtbot):
    assert hand.window.commands.hover.isChecked()
    move(hand, qtbot, 30, 45)
    wait_until_shown(hover, qtbot)
    hand.type(Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert not hover.layer.is_shown
    move(hand, qtbot, 90, 45)
    assert not hover.runner.is_busy
    assert hand.window.settings.hover is False
    hand.type(Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert hand.window.settings.hover is True
