"""The Foreground job, by mouse and keyboard."""

import numpy as np
import pytest
from PIL import Image as PillowImage
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QSlider, QToolButton

from segmenter.gui.look import Job, View, Way
from segmenter.session.marks import NO_MARKS, Click, Stroke

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
HEIGHT, WIDTH = 90, 120


def test_a_click_cuts_the_object_and_a_right_click_takes_away(hand, left_disc, right_disc):
    left, right = left_disc, right_disc
    assert (
        hand.window.work.object.sentence.text() == "Click the object; the right button takes away."
    )
    hand.click(30, 45)
    assert hand.mask[left].mean() > 0.95
    hand.click(90, 45)
    assert hand.overlap(left | right) > 0.95
    hand.click(102, 45, RIGHT)
    y, x = np.indices((HEIGHT, WIDTH))
    assert not hand.mask[np.hypot(y - 45, x - 102) < 4].any()
    assert hand.mask[left].mean() > 0.95
    assert hand.mask[45, 90]
    share = hand.mask.mean()
    assert (
        hand.window.work.object.share.text()
        == f"The object covers {100 * share:.1f} % of the image."
    )


@pytest.mark.parametrize("keys", [Qt.KeyboardModifier.AltModifier, None])
def test_alt_and_swapped_buttons_take_away(hand, qtbot, keys):
    hand.click(30, 45)
    if keys is None:
        qtbot.keyClick(hand.window, Qt.Key.Key_X)
        hand.click(30, 45 + 9)
    else:
        hand.click(30, 45 + 9, keys=keys)
    assert hand.window.workspace.active.marks.drawn[-1].is_object is False
    assert not hand.mask[54, 30]


def test_every_mark_is_one_step_of_undo_and_redo(hand, qtbot):
    hand.click(30, 45)
    first = hand.mask.copy()
    hand.click(90, 45)
    second = hand.mask.copy()
    assert hand.window.commands.undo.text() == "Undo Click on Object"
    qtbot.keyClick(hand.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    hand.settle()
    assert (hand.mask == first).all()
    qtbot.keyClick(hand.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    hand.settle()
    assert hand.window.workspace.cutter.cut is None
    assert not hand.window.commands.export.isEnabled()
    for _ in range(2):
        qtbot.keyClick(hand.window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    hand.settle()
    assert (hand.mask == second).all()
    assert (first != second).any()


def test_a_box_finds_the_object_in_it(hand, qtbot, right_disc):
    qtbot.keyClick(hand.window, Qt.Key.Key_M)
    hand.drag([(66, 20), (80, 40), (113, 69)])
    assert hand.window.workspace.active.marks.box == (66, 20, 113, 69)
    assert hand.overlap(right_disc) > 0.9
    assert hand.window.commands.undo.text() == "Undo Draw Box"


def test_a_stroke_takes_away_and_another_adds(hand, qtbot, left_disc):
    hand.click(30, 45)
    hand.click(90, 45)
    qtbot.keyClick(hand.window, Qt.Key.Key_B)
    hand.drag([(80, 38), (90, 38), (100, 38)], RIGHT)
    stroke = hand.window.workspace.active.marks.drawn[-1]
    assert isinstance(stroke, Stroke)
    assert not hand.mask[stroke.covered((HEIGHT, WIDTH))].any()
    assert hand.mask[left_disc].mean() > 0.95
    hand.drag([(80, 52), (90, 52), (100, 52)])
    added = hand.window.workspace.active.marks.drawn[-1]
    assert added.is_object
    assert hand.mask[added.covered((HEIGHT, WIDTH))].all()


def test_the_mask_follows_a_box_while_it_is_drawn_and_escape_gives_it_up(hand, qtbot):
    hand.click(30, 45)
    cutter, before = hand.workspace.cutter, hand.workspace.cutter.cut
    qtbot.keyClick(hand.window, Qt.Key.Key_M)
    hand.drag([(66, 20), (90, 50), (113, 69)], release=False)
    hand.settle()
    coarse = cutter.coarse.levels[0].pixels
    assert coarse[45 * coarse.shape[0] // HEIGHT, 90 * coarse.shape[1] // WIDTH] == 1
    assert hand.workspace.active.marks.box is None
    hand.window.work.canvas.setFocus()
    qtbot.keyClick(hand.window.work.canvas, Qt.Key.Key_Escape)
    qtbot.mouseRelease(hand.viewport, LEFT, pos=hand.place(113, 69))
    hand.settle()
    assert hand.workspace.active.marks.box is None
    assert cutter.coarse is None
    assert cutter.cut is before


def test_undo_gives_up_what_is_being_drawn_and_leaves_what_was_done_before(hand, qtbot):
    hand.click(30, 45)
    before = hand.workspace.document
    qtbot.keyClick(hand.window, Qt.Key.Key_B)
    hand.drag([(66, 20), (90, 50)], release=False)
    canvas = hand.window.work.canvas
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.mouseRelease(hand.viewport, LEFT, pos=hand.place(90, 50))
    hand.settle()
    assert hand.workspace.document is before
    qtbot.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not hand.workspace.active.marks.drawn  # the button is up: now it is the window's


def test_the_brush_changes_its_size_by_keys_and_slider(hand, qtbot):
    tool = hand.window.work.foreground_painter.tool
    width = tool.brush_width
    qtbot.keyClick(hand.window, Qt.Key.Key_BracketRight)
    assert tool.brush_width == pytest.approx(1.25 * width)
    qtbot.keyClick(hand.window, Qt.Key.Key_BracketLeft)
    assert tool.brush_width == pytest.approx(width)
    (slider,) = [
        each for each in hand.window.findChildren(QSlider) if each.accessibleName() == "Brush size"
    ]
    slider.setValue(9)
    assert tool.brush_width == 9


class PaintedAreas(QObject):
    """Collects what of a widget is painted."""

    def __init__(self, widget):
        super().__init__(widget)
        self.areas = []
        widget.installEventFilter(self)

    def eventFilter(self, _, event):  # noqa: N802  Qt's name
        if event.type() == QEvent.Type.Paint:
            self.areas.append(event.region().boundingRect())
        return False


def test_moving_the_brush_repaints_only_where_it_is(hand, qtbot):
    hand.type(Qt.Key.Key_B)
    painted = PaintedAreas(hand.viewport)
    for x in (30, 33, 35):
        painted.areas.clear()
        qtbot.mouseMove(hand.viewport, hand.place(x, 45))
        qtbot.waitUntil(lambda: bool(painted.areas))
    width = hand.window.work.foreground_painter.tool.brush_width
    zoom = hand.window.work.canvas.zoom
    assert max(area.width() for area in painted.areas) < (width + 2) * zoom + 20


def test_clearing_marks_is_undone(hand, qtbot):
    hand.click(30, 45)
    before = hand.mask
    qtbot.keyClick(hand.window, Qt.Key.Key_Delete)
    assert hand.window.workspace.active.marks == NO_MARKS
    assert hand.window.workspace.cutter.cut is None
    assert not hand.window.commands.clear_marks.isEnabled()
    hand.window.commands.undo.trigger()
    hand.settle()
    assert (hand.mask == before).all()


def test_marks_that_say_only_what_is_background_are_refused_in_words_and_kept(hand, qtbot):
    hand.click(60, 10, RIGHT)
    assert "Only background is marked" in hand.window.work.object.message.text()
    hand.click(30, 45)
    assert not hand.window.work.object.message.text()
    drawn = hand.window.workspace.active.marks.drawn
    assert drawn == (Click(drawn[0].point, False), Click(drawn[1].point, True))
    assert hand.mask[45, 30]
    assert not hand.mask[10, 60]


def test_both_jobs_keep_what_was_done(opened, qtbot, finish_fit, make_hand):
    regions = opened.workspace.result
    qtbot.keyClick(opened, Qt.Key.Key_F)
    assert opened.workspace.job is Job.FOREGROUND
    assert not opened.commands.regions.isEnabled()
    hand = make_hand(opened)
    hand.settle()
    hand.click(30, 30)
    cut = opened.workspace.cutter.cut
    opened.workspace.set_look(view=View.PROBABILITY)
    qtbot.keyClick(opened, Qt.Key.Key_R)
    assert opened.workspace.result is regions
    assert opened.workspace.look.view is View.LABELS
    assert opened.work.model.isVisible()
    assert not opened.work.strip.isVisible()
    opened.workspace.set_recipe("Change number of regions", n_regions=2)
    finish_fit()
    qtbot.keyClick(opened, Qt.Key.Key_F)
    assert opened.workspace.cutter.cut is cut
    assert opened.workspace.look.view is View.PROBABILITY
    opened.commands.undo.trigger()
    assert opened.workspace.job is Job.REGIONS
    finish_fit()
    assert opened.workspace.result.regions.n_labels == 4
    opened.commands.undo.trigger()
    assert opened.workspace.job is Job.FOREGROUND
    assert opened.workspace.cutter.cut is None


@pytest.mark.parametrize(
    ("key", "view"),
    [("I", View.IMAGE), ("C", View.CUTOUT), ("P", View.PROBABILITY), ("U", View.UNCERTAINTY)],
)
def test_views_show_the_object(hand, qtbot, key, view):
    hand.click(30, 45)
    qtbot.keyClicks(hand.window, key)
    assert hand.window.workspace.look.view is view
    painter, canvas = hand.window.work.foreground_painter, hand.window.work.canvas
    qtbot.waitUntil(lambda: not painter.planes.is_busy)
    assert painter.cutout.is_shown is (view is View.CUTOUT)
    assert canvas.overlay.is_shown is (view in (View.PROBABILITY, View.UNCERTAINTY))
    qtbot.keyClicks(hand.window, "O")
    assert canvas.overlay.is_shown


def test_the_object_view_shades_the_background_only(hand, qtbot):
    hand.click(30, 45)
    shown = hand.window.work.canvas.grab().toImage()
    image = hand.window.workspace.document.image.pixels
    inside = shown.pixelColor(hand.place(36, 38)).getRgb()[:3]
    outside = shown.pixelColor(hand.place(60, 10)).getRgb()[:3]
    assert np.abs(np.subtract(inside, image[38, 36], dtype=int)).max() <= 25
    assert sum(outside) < 0.7 * image[10, 60].sum()


def test_the_cutout_is_seen_on_a_checkerboard(hand, qtbot):
    hand.click(30, 45)
    qtbot.keyClicks(hand.window, "C")
    qtbot.waitUntil(lambda: hand.window.work.foreground_painter.cutout.is_shown)
    shown = hand.window.work.canvas.grab().toImage()
    colors = {shown.pixelColor(hand.place(x, 8)).name() for x in range(50, 70)}
    assert colors == {"#ffffff", "#cccccc"}
    assert shown.pixelColor(hand.place(30, 40)).red() > 150


def test_palettes_tell_the_colors_of_both_mixtures(hand, qtbot):
    hand.click(30, 45)
    cut = hand.window.workspace.cutter.cut
    assert sum(each.weight for each in cut.object_colors) == pytest.approx(1, abs=0.03)
    largest = cut.object_colors[0].color
    assert np.abs(np.subtract(largest, (200, 60, 40))).max() < 25
    assert np.abs(np.subtract(cut.background_colors[0].color, (60, 80, 160))).max() < 25
    assert cut.object_colors[0].words.startswith("Lab ")
    assert hand.window.work.colors.isVisible()


def test_hovering_tells_the_side(hand, qtbot):
    hand.click(30, 45)
    qtbot.mouseMove(hand.viewport, hand.place(31, 44))
    assert hand.window.status.pixel.text().endswith("object")
    qtbot.mouseMove(hand.viewport, hand.place(60, 10))
    assert hand.window.status.pixel.text().endswith("background")


def test_the_strip_shows_and_changes_the_way(hand, qtbot):
    (button,) = [
        each
        for each in hand.window.work.strip.findChildren(QToolButton)
        if each.accessibleName() == "Brush"
    ]
    qtbot.mouseClick(button, LEFT)
    assert hand.window.work.foreground_painter.tool.way is Way.BRUSH
    assert hand.window.commands.ways[Way.BRUSH].isChecked()


def test_cancel_stops_a_mark_and_takes_it_back(hand, qtbot):
    hand.click(30, 45)
    before = hand.window.workspace.cutter.cut
    qtbot.mouseClick(hand.viewport, LEFT, pos=hand.place(90, 45))
    assert hand.window.workspace.cutter.runner.is_busy
    qtbot.keyClick(hand.window, Qt.Key.Key_Escape)
    assert len(hand.window.workspace.active.marks.drawn) == 1
    assert hand.window.workspace.cutter.cut is before


@pytest.mark.parametrize("n_undone", [1, 2])
def test_cancelling_an_undo_that_computes_goes_back_to_what_is_on_screen(
    hand, monkeypatch, n_undone
):
    monkeypatch.setattr("segmenter.gui.foreground.cutter.KEPT_CUTS", 0)
    for x in (30, 90, 60):
        hand.click(x, 45)
    workspace, before = hand.workspace, hand.workspace.cutter.cut
    for _ in range(n_undone):
        hand.window.commands.undo.trigger()
    assert workspace.cutter.runner.is_busy
    hand.window.commands.cancel.trigger()
    assert len(workspace.active.marks.drawn) == 3
    assert workspace.cutter.cut is before
    assert not workspace.cutter.runner.is_busy


def test_the_width_of_the_brush_is_there_for_brushes_only(hand):
    panel = hand.window.work.object
    slider = panel.findChild(QSlider)
    seen = []
    for key in (Qt.Key.Key_V, Qt.Key.Key_B, Qt.Key.Key_M, Qt.Key.Key_Q, Qt.Key.Key_E):
        hand.type(key)
        seen.append(slider.isVisible())
    assert seen == [False, True, False, False, True]


def test_a_click_on_a_transparent_pixel_says_so_and_leaves_the_object(
    hand, left_disc, tmp_path, qtbot
):
    alpha = np.full((HEIGHT, WIDTH), 255, np.uint8)
    alpha[:, 70:] = 0
    with PillowImage.open(hand.workspace.document.image.source.path) as picture:
        picture.putalpha(PillowImage.fromarray(alpha))
        picture.save(tmp_path / "half.png")
    with qtbot.waitSignal(hand.workspace.opened):
        hand.window.open_path(str(tmp_path / "half.png"))
    hand.workspace.set_job(Job.FOREGROUND)
    hand.settle()
    hand.click(30, 45)
    marks, message = hand.workspace.active.marks, hand.window.work.object.message
    assert not message.isVisible()
    hand.click(90, 45)
    assert message.isVisible()
    assert "90,45, which is transparent" in message.text()
    assert hand.workspace.active.marks == marks
    assert hand.mask[left_disc].mean() > 0.95
    hand.click(90, 45, RIGHT)  # takes nothing away, and is no mistake
    assert not message.isVisible()
    assert hand.mask[left_disc].mean() > 0.95
