"""The row beneath the canvas."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QSize

from segmenter.gui.look import Job, View
from segmenter.gui.view_bar import ViewBar

WAIT = 60_000


@pytest.mark.parametrize("view", [View.OBJECT, View.CUTOUT, View.UNCERTAINTY])
def test_the_names_of_the_views_are_whole_in_a_small_window(window, photo, qtbot, view):
    window.resize(QSize(1024, 700))
    window.workspace.set_job(Job.FOREGROUND)
    with qtbot.waitSignal(window.workspace.opened, timeout=WAIT):
        window.open_path(str(photo))
    window.workspace.set_look(view=view)
    qtbot.wait(50)
    bar = window.findChild(ViewBar)
    buttons = [each for each in bar._buttons.values() if each.isVisible()]
    assert len(buttons) >= 4
    assert all(each.width() >= each.sizeHint().width() for each in buttons)


def test_a_long_name_of_a_label_shown_alone_leaves_the_names_of_the_views_whole(
    window, photo, qtbot, finish_fit
):
    window.resize(QSize(1024, 700))
    with qtbot.waitSignal(window.workspace.opened, timeout=WAIT):
        window.open_path(str(photo))
    finish_fit()
    label = replace(window.workspace.labels[0], name="A very long name of a region that never ends")
    window.workspace.set_label(label, "Rename")
    window.workspace.set_look(view=View.LABELS, solo=1)
    qtbot.wait(50)
    bar = window.findChild(ViewBar)
    buttons = [each for each in bar._buttons.values() if each.isVisible()]
    assert all(each.width() >= each.sizeHint().width() for each in buttons)
    assert bar._soft.width() >= bar._soft.sizeHint().width()
