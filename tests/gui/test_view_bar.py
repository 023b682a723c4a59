"""The row beneath the canvas."""

from dataclasses import replace
from math import log10

import pytest
from PySide6.QtCore import QPointF, QSize, Qt

from segmenter.gui.canvas.tables import rarity_table
from segmenter.gui.look import LEAST_P, Job, View
from segmenter.gui.scale import ColorBar
from segmenter.gui.view_bar import SHORT_NAME, ViewBar


def has_room(button):
    return button.width() >= button.sizeHint().width()


def is_whole(bar):
    """Tell whether all names of views that are to be seen are laid out with room enough."""
    buttons = [each for each in bar._buttons.values() if each.isVisible()]
    return len(buttons) >= 4 and all(has_room(each) for each in buttons)


@pytest.mark.parametrize("view", [View.OBJECT, View.CUTOUT, View.UNCERTAINTY])
def test_the_names_of_the_views_are_whole_in_a_small_window(window, photo, qtbot, view):
    window.resize(QSize(1024, 700))
    window.workspace.set_job(Job.FOREGROUND)
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(photo))
    window.workspace.set_look(view=view)
    qtbot.waitUntil(lambda: is_whole(window.findChild(ViewBar)))


def test_a_long_name_of_a_label_shown_alone_leaves_the_names_of_the_views_whole(
    window, photo, qtbot, finish_fit
):
    window.resize(QSize(1024, 700))
    with qtbot.waitSignal(window.workspace.opened):
        window.open_path(str(photo))
    finish_fit()
    label = replace(window.workspace.labels[0], name="A very long name of a region that never ends")
    window.workspace.set_label(label, "Rename")
    window.workspace.set_look(view=View.LABELS, solo=1)
    bar = window.findChild(ViewBar)
    qtbot.waitUntil(lambda: is_whole(bar) and bar._soft.width() >= SHORT_NAME)


def test_there_are_no_colors_of_an_object_before_it_is_cut_out(opened, qtbot):
    opened.workspace.set_job(Job.FOREGROUND)
    opened.workspace.set_look(view=View.PROBABILITY)
    bar = opened.work.view_bar.findChild(ColorBar)
    assert not bar.isVisible()
    place = opened.work.canvas.to_canvas(QPointF(20, 15)).toPoint()
    qtbot.mouseClick(opened.work.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(bar.isVisible)


def test_colors_are_told_with_their_values(opened):
    bar = opened.work.view_bar.findChild(ColorBar)
    opened.workspace.set_look(view=View.LABELS)
    assert not bar.isVisible()
    opened.workspace.set_look(view=View.UNCERTAINTY)
    assert bar.isVisible()
    assert bar.gradient.scale.ends == ("0", "1")
    opened.workspace.set_look(view=View.SOFT, selected=2)
    assert bar.gradient.scale.ends == ("0 %", "100 %")
    red, green, blue = opened.workspace.labels[1].color
    assert bar.gradient.scale.colors[-1] == 0xFF000000 | red << 16 | green << 8 | blue
    assert "probability" in bar.accessibleName()


def test_without_a_result_no_colors_are_told(opened, photo, finish_fit, qtbot):
    bar = opened.work.view_bar.findChild(ColorBar)
    opened.workspace.set_look(view=View.SOFT)
    assert bar.isVisible()
    with qtbot.waitSignal(opened.workspace.opened):
        opened.open_path(str(photo))
    assert opened.workspace.labels == ()
    assert not bar.isVisible()
    finish_fit()
    assert bar.isVisible()


def test_anomalies_are_painted_from_the_false_alarm_rate_on():
    for rate in (0.1, 1e-3, 1e-7):
        table = rarity_table(rate)
        first = next(value for value, color in enumerate(table) if color)
        assert len(table) == 256
        assert abs(first / 255 - log10(rate) / log10(LEAST_P)) < 1 / 255
