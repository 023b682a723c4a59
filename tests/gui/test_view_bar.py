"""The row beneath the canvas."""

from dataclasses import replace
from itertools import product
from math import log10

import pytest
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor

from segmenter.gui.canvas.tables import rarity_table
from segmenter.gui.look import LEAST_P, Job, View
from segmenter.gui.scale import ColorBar, Scale, readable_on
from segmenter.gui.theme import CANVAS_GRAY
from segmenter.gui.view_bar import SHORT_NAME, ViewBar
from tests.gui.contrast import contrast

WITHOUT_SCALE = (View.IMAGE, View.LABELS, View.MEANS, View.OBJECT, View.CUTOUT, View.BRAIN)


def has_room(button):
    return button.width() >= button.sizeHint().width()


def is_whole(bar):
    """Tell whether all names of views that are to be seen are laid out with room enough."""
    return len(shown_views(bar)) >= 4 and all(map(has_room, shown_views(bar)))


def shown_views(bar):
    return [each for each in bar._buttons.values() if each.isVisible()]


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


@pytest.fixture
def bar(window):
    """Return a row that no layout holds, so that any width can be tried."""
    made = ViewBar(window.workspace, window.commands)
    made.setParent(window.centralWidget())
    made.show()
    return made


@pytest.mark.parametrize("view", [View.SOFT, View.FRACTION])
def test_the_name_of_a_tissue_is_whole_where_slider_and_scale_can_give_way(bar, qtbot, view):
    bar._workspace.set_job(Job.TISSUE)
    bar._workspace.set_look(view=view)
    bar.resize(928, bar.height())  # of a window of 1280
    scale = Scale("probability", (0, 0), ("0 %", "100 %"))
    bar._scale.show_scale(scale, in_words=False)  # as with a result
    bar._show_caption("Gray matter")
    qtbot.waitUntil(lambda: has_room(bar._soft) and is_whole(bar))
    bar._show_caption("A name longer than slider and scale can make room for")
    qtbot.waitUntil(lambda: not has_room(bar._soft) and is_whole(bar))
    assert bar._soft.width() > bar.fontMetrics().horizontalAdvance("Gray matter")
    assert bar.minimumSizeHint().width() <= bar.width()


@pytest.mark.parametrize("job", [Job.REGIONS, Job.TISSUE])
def test_outlines_are_offered_in_a_small_window_too(bar, job):
    bar._workspace.set_job(job)
    bar._workspace.set_look(view=View.LABELS)
    bar.resize(672, bar.height())  # of a window of 1024
    assert bar._outlines.isVisible()
    assert bar.minimumSizeHint().width() <= bar.width()


@pytest.mark.parametrize("job", Job)
@pytest.mark.parametrize("width", [600, 670, 720, 1000])
def test_the_names_of_the_views_are_whole_or_in_a_menu(window, bar, qtbot, job, width):
    window.workspace.set_job(job)
    bar.resize(width, bar.height())
    for view in window.workspace.views:
        window.workspace.set_look(view=view)
        scale = None if view in WITHOUT_SCALE else Scale("p-value", (0, 0), ("0.001", "1e-8"))
        bar._scale.show_scale(scale, in_words=False)  # as with a result
        qtbot.waitUntil(lambda: all(map(has_room, shown_views(bar))))
        assert bar.minimumSizeHint().width() <= width
        assert (
            bar._menu.isVisible() == (not shown_views(bar)) == (job is Job.TISSUE and width < 670)
        )
        assert bar._menu.text() == view.value
    assert bar._menu.menu().actions() == [window.commands.views[view] for view in View]


def test_what_is_written_on_a_color_can_be_read():
    shades = [QColor(*rgb) for rgb in product((0, 60, 119, 140, 255), repeat=3)]
    for color in (*shades, QColor(0, 0, 0, 0), QColor(255, 0, 0, 90)):
        alpha, ground = color.alphaF(), QColor(CANVAS_GRAY).getRgbF()
        both = zip(color.getRgbF()[:3], ground[:3], strict=True)
        seen = QColor.fromRgbF(*(alpha * over + (1 - alpha) * under for over, under in both))
        assert contrast(seen, readable_on(color)) >= 4.5


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
