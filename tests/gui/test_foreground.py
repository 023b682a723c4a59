"""The Foreground job, by mouse and keyboard."""

import numpy as np
import pytest
from PIL import Image as PillowImage
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QSlider, QToolButton

from segmenter.gui.dialogs.export import ExportDialog
from segmenter.gui.dialogs.exported import ExportedObject
from segmenter.gui.look import Job, View, Way
from segmenter.gui.worker import Runner
from segmenter.session.marks import NO_MARKS, Click, Stroke

WAIT = 60_000
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
HEIGHT, WIDTH = 90, 120


def discs():
    """Return the truth of two discs, at the left and at the right."""
    y, x = np.indices((HEIGHT, WIDTH))
    return np.hypot(y - 45, x - 30) <= 20, np.hypot(y - 45, x - 90) <= 20


@pytest.fixture
def photo(tmp_path):
    pixels = np.full((HEIGHT, WIDTH, 3), (60, 80, 160), float)
    for disc in discs():
        pixels[disc] = (200, 60, 40)
    pixels += np.random.default_rng(0).normal(0, 5, pixels.shape)
    path = tmp_path / "discs.png"
    PillowImage.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path)
    return path


@pytest.fixture
def cutting(window, photo, qtbot):
    """Return the window with the photo open in the Foreground job."""
    window.workspace.set_job(Job.FOREGROUND)
    with qtbot.waitSignal(window.workspace.opened, timeout=WAIT):
        window.open_path(str(photo))
    settle(window, qtbot)
    return window


def settle(window, qtbot):
    cutter = window.workspace.cutter
    qtbot.waitUntil(lambda: not cutter.runner.is_busy, timeout=WAIT)


def place(window, x, y):
    return window.work.canvas.to_canvas(QPointF(x + 0.5, y + 0.5)).toPoint()


def click(window, qtbot, x, y, button=LEFT, keys=Qt.KeyboardModifier.NoModifier):
    qtbot.mouseClick(window.work.canvas.viewport(), button, keys, place(window, x, y))
    settle(window, qtbot)


def drag(window, qtbot, points, button=LEFT, *, release=True):
    viewport = window.work.canvas.viewport()
    qtbot.mousePress(viewport, button, pos=place(window, *points[0]))
    for point in points[1:]:
        qtbot.mouseMove(viewport, place(window, *point))
    if release:
        qtbot.mouseRelease(viewport, button, pos=place(window, *points[-1]))
        settle(window, qtbot)


def mask(window):
    return window.workspace.cutter.cut.foreground.mask


def overlap(window, truth):
    return (mask(window) & truth).sum() / (mask(window) | truth).sum()


def test_a_click_cuts_the_object_and_a_right_click_takes_away(cutting, qtbot):
    left, right = discs()
    assert cutting.work.object.sentence.text() == "Click the object; the right button takes away."
    click(cutting, qtbot, 30, 45)
    assert mask(cutting)[left].mean() > 0.95
    click(cutting, qtbot, 90, 45)
    assert overlap(cutting, left | right) > 0.95
    click(cutting, qtbot, 102, 45, RIGHT)
    y, x = np.indices((HEIGHT, WIDTH))
    assert not mask(cutting)[np.hypot(y - 45, x - 102) < 4].any()
    assert mask(cutting)[left].mean() > 0.95
    assert mask(cutting)[45, 90]
    share = mask(cutting).mean()
    assert (
        cutting.work.object.share.text() == f"The object covers {100 * share:.1f} % of the image."
    )


@pytest.mark.parametrize("keys", [Qt.KeyboardModifier.AltModifier, None])
def test_alt_and_swapped_buttons_take_away(cutting, qtbot, keys):
    click(cutting, qtbot, 30, 45)
    if keys is None:
        qtbot.keyClick(cutting, Qt.Key.Key_X)
        click(cutting, qtbot, 30, 45 + 9)
    else:
        click(cutting, qtbot, 30, 45 + 9, keys=keys)
    assert cutting.workspace.document.marks.drawn[-1].is_object is False
    assert not mask(cutting)[54, 30]


def test_every_mark_is_one_step_of_undo_and_redo(cutting, qtbot):
    click(cutting, qtbot, 30, 45)
    first = mask(cutting).copy()
    click(cutting, qtbot, 90, 45)
    second = mask(cutting).copy()
    assert cutting.commands.undo.text() == "Undo Click on Object"
    qtbot.keyClick(cutting, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(cutting, qtbot)
    assert (mask(cutting) == first).all()
    qtbot.keyClick(cutting, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(cutting, qtbot)
    assert cutting.workspace.cutter.cut is None
    assert not cutting.commands.export.isEnabled()
    for _ in range(2):
        qtbot.keyClick(cutting, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    settle(cutting, qtbot)
    assert (mask(cutting) == second).all()
    assert (first != second).any()


def test_a_box_finds_the_object_in_it(cutting, qtbot):
    _, right = discs()
    qtbot.keyClick(cutting, Qt.Key.Key_M)
    drag(cutting, qtbot, [(66, 20), (80, 40), (113, 69)])
    assert cutting.workspace.document.marks.box == (66, 20, 113, 69)
    assert overlap(cutting, right) > 0.9
    assert cutting.commands.undo.text() == "Undo Draw Box"


def test_a_stroke_takes_away_and_another_adds(cutting, qtbot):
    left, _ = discs()
    click(cutting, qtbot, 30, 45)
    click(cutting, qtbot, 90, 45)
    qtbot.keyClick(cutting, Qt.Key.Key_B)
    drag(cutting, qtbot, [(80, 38), (90, 38), (100, 38)], RIGHT)
    stroke = cutting.workspace.document.marks.drawn[-1]
    assert isinstance(stroke, Stroke)
    assert not mask(cutting)[stroke.covered((HEIGHT, WIDTH))].any()
    assert mask(cutting)[left].mean() > 0.95
    drag(cutting, qtbot, [(80, 52), (90, 52), (100, 52)])
    added = cutting.workspace.document.marks.drawn[-1]
    assert added.is_object
    assert mask(cutting)[added.covered((HEIGHT, WIDTH))].all()


def test_the_mask_follows_a_box_while_it_is_drawn_and_escape_gives_it_up(cutting, qtbot):
    click(cutting, qtbot, 30, 45)
    before = cutting.workspace.cutter.cut
    qtbot.keyClick(cutting, Qt.Key.Key_M)
    drag(cutting, qtbot, [(66, 20), (90, 50), (113, 69)], release=False)
    qtbot.waitUntil(lambda: cutting.workspace.cutter.cut is not before, timeout=WAIT)
    assert cutting.workspace.document.marks.box is None
    cutting.work.canvas.setFocus()
    qtbot.keyClick(cutting.work.canvas, Qt.Key.Key_Escape)
    qtbot.mouseRelease(cutting.work.canvas.viewport(), LEFT, pos=place(cutting, 113, 69))
    settle(cutting, qtbot)
    assert cutting.workspace.document.marks.box is None
    assert cutting.workspace.cutter.cut is before


def test_the_brush_changes_its_size_by_keys_and_slider(cutting, qtbot):
    tool = cutting.work.foreground_painter.tool
    width = tool.brush_width
    qtbot.keyClick(cutting, Qt.Key.Key_BracketRight)
    assert tool.brush_width == pytest.approx(1.25 * width)
    qtbot.keyClick(cutting, Qt.Key.Key_BracketLeft)
    assert tool.brush_width == pytest.approx(width)
    (slider,) = [
        each for each in cutting.findChildren(QSlider) if each.accessibleName() == "Brush size"
    ]
    slider.setValue(9)
    assert tool.brush_width == 9


def test_clearing_marks_is_undone(cutting, qtbot):
    click(cutting, qtbot, 30, 45)
    before = mask(cutting)
    qtbot.keyClick(cutting, Qt.Key.Key_Delete)
    assert cutting.workspace.document.marks == NO_MARKS
    assert cutting.workspace.cutter.cut is None
    assert not cutting.commands.clear_marks.isEnabled()
    cutting.commands.undo.trigger()
    settle(cutting, qtbot)
    assert (mask(cutting) == before).all()


def test_marks_that_say_only_what_is_background_are_refused_in_words_and_kept(cutting, qtbot):
    click(cutting, qtbot, 60, 10, RIGHT)
    assert "Only background is marked" in cutting.work.object.message.text()
    click(cutting, qtbot, 30, 45)
    assert not cutting.work.object.message.text()
    drawn = cutting.workspace.document.marks.drawn
    assert drawn == (Click(drawn[0].point, False), Click(drawn[1].point, True))
    assert mask(cutting)[45, 30]
    assert not mask(cutting)[10, 60]


def test_both_jobs_keep_what_was_done(opened, qtbot, finish_fit):
    regions = opened.workspace.result
    qtbot.keyClick(opened, Qt.Key.Key_F)
    assert opened.workspace.job is Job.FOREGROUND
    assert not opened.commands.regions.isEnabled()
    settle(opened, qtbot)
    click(opened, qtbot, 30, 30)
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
def test_views_show_the_object(cutting, qtbot, key, view):
    click(cutting, qtbot, 30, 45)
    qtbot.keyClicks(cutting, key)
    assert cutting.workspace.look.view is view
    painter, canvas = cutting.work.foreground_painter, cutting.work.canvas
    qtbot.waitUntil(lambda: not painter.planes.is_busy, timeout=WAIT)
    assert painter.cutout.is_shown is (view is View.CUTOUT)
    assert canvas.overlay.is_shown is (view in (View.PROBABILITY, View.UNCERTAINTY))
    qtbot.keyClicks(cutting, "O")
    assert canvas.overlay.is_shown


def test_the_object_view_shades_the_background_only(cutting, qtbot):
    click(cutting, qtbot, 30, 45)
    shown = cutting.work.canvas.grab().toImage()
    image = cutting.workspace.document.image.pixels
    inside = shown.pixelColor(place(cutting, 36, 38)).getRgb()[:3]
    outside = shown.pixelColor(place(cutting, 60, 10)).getRgb()[:3]
    assert np.abs(np.subtract(inside, image[38, 36], dtype=int)).max() <= 25
    assert sum(outside) < 0.7 * image[10, 60].sum()


def test_the_cutout_is_seen_on_a_checkerboard(cutting, qtbot):
    click(cutting, qtbot, 30, 45)
    qtbot.keyClicks(cutting, "C")
    qtbot.waitUntil(lambda: cutting.work.foreground_painter.cutout.is_shown, timeout=WAIT)
    shown = cutting.work.canvas.grab().toImage()
    colors = {shown.pixelColor(place(cutting, x, 8)).name() for x in range(50, 70)}
    assert colors == {"#ffffff", "#cccccc"}
    assert shown.pixelColor(place(cutting, 30, 40)).red() > 150


def test_palettes_tell_the_colors_of_both_mixtures(cutting, qtbot):
    click(cutting, qtbot, 30, 45)
    cut = cutting.workspace.cutter.cut
    assert sum(each.weight for each in cut.object_colors) == pytest.approx(1, abs=0.03)
    largest = cut.object_colors[0].color
    assert np.abs(np.subtract(largest, (200, 60, 40))).max() < 25
    assert np.abs(np.subtract(cut.background_colors[0].color, (60, 80, 160))).max() < 25
    assert cut.object_colors[0].words.startswith("Lab ")
    assert cutting.work.colors.isVisible()


def test_hovering_tells_the_side(cutting, qtbot):
    click(cutting, qtbot, 30, 45)
    qtbot.mouseMove(cutting.work.canvas.viewport(), place(cutting, 31, 44))
    assert cutting.status.pixel.text().endswith("object")
    qtbot.mouseMove(cutting.work.canvas.viewport(), place(cutting, 60, 10))
    assert cutting.status.pixel.text().endswith("background")


def test_the_strip_shows_and_changes_the_way(cutting, qtbot):
    (button,) = [
        each
        for each in cutting.work.strip.findChildren(QToolButton)
        if each.accessibleName() == "Brush"
    ]
    qtbot.mouseClick(button, LEFT)
    assert cutting.work.foreground_painter.tool.way is Way.BRUSH
    assert cutting.commands.ways[Way.BRUSH].isChecked()


def test_the_object_is_exported_and_read_back_equal(cutting, tmp_path, qtbot):
    click(cutting, qtbot, 30, 45)
    foreground = cutting.workspace.cutter.cut.foreground
    exported, runner = ExportedObject(foreground), Runner("export", cutting)
    dialog = ExportDialog(exported, str(tmp_path / "masks"), runner, cutting)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.kinds["alpha"].setChecked(True)
    assert dialog.outcome.text() == "3 files will be written."
    qtbot.mouseClick(dialog.export, LEFT)
    qtbot.waitUntil(lambda: not dialog.is_busy, timeout=WAIT)
    assert dialog.outcome.text().endswith("read back equal.")
    folder = tmp_path / "masks"
    written = np.asarray(PillowImage.open(folder / "discs-mask.png"))
    assert (written == np.where(foreground.mask, 255, 0)).all()
    alpha = np.asarray(PillowImage.open(folder / "discs-alpha.png"))
    cutout = np.asarray(PillowImage.open(folder / "discs-cutout.png"))
    assert (cutout[..., 3] == alpha).all()
    assert ((alpha > 127) == foreground.mask).mean() > 0.97
    dialog.reject()


def test_the_command_exports_the_job_that_is_on_screen(cutting, monkeypatch, qtbot):
    click(cutting, qtbot, 30, 45)
    shown = []
    monkeypatch.setattr(ExportDialog, "exec", lambda dialog: shown.append(set(dialog.kinds)))
    qtbot.keyClick(cutting, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert shown == [{"mask", "alpha", "cutout"}]


def test_cancel_stops_a_mark_and_takes_it_back(cutting, qtbot):
    click(cutting, qtbot, 30, 45)
    before = cutting.workspace.cutter.cut
    qtbot.mouseClick(cutting.work.canvas.viewport(), LEFT, pos=place(cutting, 90, 45))
    assert cutting.workspace.cutter.runner.is_busy
    qtbot.keyClick(cutting, Qt.Key.Key_Escape)
    assert len(cutting.workspace.document.marks.drawn) == 1
    assert cutting.workspace.cutter.cut is before
