"""Objects cut out of a volume in the window: clicks and strokes on the planes, undo, export."""

import nibabel
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from segmenter.gui.dialogs.exported import Choice
from segmenter.gui.foreground.edits import add_mark
from segmenter.gui.look import Job, View, Way
from segmenter.gui.volume.exported import exported_objects
from segmenter.gui.volume.slicing import Plane
from segmenter.session.marks import Click, SolidStroke
from segmenter.work import finish
from tests.phantom import WHITE

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
ALT = Qt.KeyboardModifier.AltModifier
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def foreground(volume, qtbot):
    """Return the window in the Foreground job, ready for clicks."""
    volume.workspace.cancel()  # the tissues, which it has begun with
    volume.commands.jobs[Job.FOREGROUND].trigger()
    qtbot.waitUntil(lambda: volume.workspace.cutter.ready is not None)
    return volume


@pytest.fixture
def click(foreground, qtbot, place):
    """Return a call that clicks a voxel on a plane, and waits for what it gives."""

    def done(voxel, button=LEFT, keys=NONE, plane=Plane.AXIAL):
        foreground.volume.viewpoint.move_to(voxel)
        canvas = foreground.volume.views[plane].canvas
        qtbot.mouseClick(canvas.viewport(), button, keys, place(foreground, plane, voxel))
        qtbot.waitUntil(lambda: not foreground.workspace.cutter.runner.is_busy)

    return done


@pytest.fixture
def deep(head):
    """Voxels deep in the white matter: at the left and at the right."""
    inside = np.argwhere(head.tissues == WHITE)
    middle = inside.mean(axis=0)
    return [
        tuple(map(int, inside[np.abs(inside - middle - (side, 0, 0)).sum(axis=1).argmin()]))
        for side in (-8, 8)
    ]


def mask(window):
    scene = window.workspace.cutter.scene
    return None if scene is None else scene.label_map


def test_objects_are_seen_where_a_photo_before_it_was_seen_as_a_cutout(
    window, photo, head, deep, qtbot, place
):
    workspace, actions = window.workspace, window.commands
    with qtbot.waitSignal(workspace.opened):
        window.open_path(str(photo))
    actions.jobs[Job.FOREGROUND].trigger()
    qtbot.mouseClick(window.work.canvas.viewport(), LEFT)
    qtbot.waitUntil(lambda: workspace.cutter.cut is not None)
    actions.views[View.CUTOUT].trigger()
    assert workspace.look.view is View.CUTOUT
    with qtbot.waitSignal(workspace.opened):
        workspace.opening.open_image(lambda: head.image, "head")
    qtbot.waitUntil(window.volume.isVisible)
    actions.jobs[Job.FOREGROUND].trigger()
    qtbot.waitUntil(lambda: workspace.cutter.ready is not None)
    assert actions.views[View.OBJECT].isChecked()
    window.volume.viewpoint.move_to(deep[0])
    view = window.volume.views[Plane.AXIAL]
    qtbot.mouseClick(view.canvas.viewport(), LEFT, NONE, place(window, Plane.AXIAL, deep[0]))
    qtbot.waitUntil(lambda: workspace.cutter.scene is not None)
    qtbot.waitUntil(lambda: not workspace.cutter.runner.is_busy)
    assert view.canvas.overlay.isVisible()
    assert np.count_nonzero(view.slicing.cut(view._paint.values, view.index)) > 100


def test_a_click_cuts_out_in_three_dimensions(foreground, click, deep, head):
    click(deep[0])
    found = mask(foreground) > 0
    truth = head.tissues == WHITE
    assert 2 * (found & truth).sum() / (found.sum() + truth.sum()) > 0.6
    assert foreground.workspace.active.marks.drawn == (Click(tuple(map(float, deep[0])), True),)
    assert foreground.volume.viewpoint.voxel == deep[0]


@pytest.mark.parametrize(("button", "keys"), [(RIGHT, NONE), (LEFT, ALT)])
def test_the_right_button_or_alt_takes_away(foreground, click, deep, button, keys):
    click(deep[0])
    click(deep[1], button, keys, Plane.CORONAL)
    assert mask(foreground)[deep[0]] == 1
    assert mask(foreground)[deep[1]] == 0


def test_each_mark_is_undone_as_one_step(foreground, click, deep, qtbot):
    workspace = foreground.workspace
    click(deep[0])
    first = mask(foreground)
    click(deep[1], RIGHT)
    workspace.undo()
    qtbot.waitUntil(lambda: not workspace.cutter.runner.is_busy)
    np.testing.assert_array_equal(mask(foreground), first)
    assert workspace.job is Job.FOREGROUND
    workspace.undo()
    assert mask(foreground) is None
    assert not workspace.active.marks


def test_a_brush_marks_all_it_passes(foreground, click, deep, qtbot, place):
    click(deep[0])
    foreground.commands.ways[Way.BRUSH].trigger()
    canvas = foreground.volume.views[Plane.AXIAL].canvas
    start = place(foreground, Plane.AXIAL, deep[0])
    qtbot.mousePress(canvas.viewport(), RIGHT, pos=start)
    qtbot.mouseMove(canvas.viewport(), start + QPoint(12, 0))
    assert foreground.volume.marking.draft is not None
    qtbot.mouseRelease(canvas.viewport(), RIGHT, pos=start + QPoint(12, 0))
    qtbot.waitUntil(lambda: not foreground.workspace.cutter.runner.is_busy)
    *_, stroke = foreground.workspace.active.marks.drawn
    assert isinstance(stroke, SolidStroke)
    assert not stroke.is_object
    under = stroke.voxels(mask(foreground).shape)
    assert len(under) > 3
    assert not mask(foreground).reshape(-1)[under].any()
    assert foreground.volume.marking.draft is None


def test_what_a_click_would_select_is_seen_before_it(foreground, deep, qtbot, place):
    foreground.volume.viewpoint.move_to(deep[0])
    view, hover = foreground.volume.views[Plane.AXIAL], foreground.volume.marking.hover
    at = place(foreground, Plane.AXIAL, deep[0])
    qtbot.mouseMove(view.canvas.viewport(), at)
    qtbot.waitUntil(lambda: hover.mask is not None)
    seen = hover.mask
    values, table = view._paint.colored(view.slicing, view.index)
    row, column, _ = view.slicing.place_of(deep[0])
    assert table[values[row, column]] >> 24  # is painted
    qtbot.mouseClick(view.canvas.viewport(), LEFT, NONE, at)
    qtbot.waitUntil(lambda: not foreground.workspace.cutter.runner.is_busy)
    np.testing.assert_array_equal(seen, mask(foreground) > 0)
    assert hover.mask is None
    foreground.workspace.undo()
    foreground.commands.hover.trigger()
    assert hover.mask is None


@pytest.fixture
def drag(foreground, qtbot, place):
    """Return a call that drags from voxel to voxel on a plane and gives the draft it shows."""

    def done(plane, first, last, button=LEFT):
        foreground.volume.viewpoint.move_to(first)
        viewport = foreground.volume.views[plane].canvas.viewport()
        start, end = (place(foreground, plane, each) for each in (first, last))
        qtbot.mousePress(viewport, button, pos=start)
        qtbot.mouseMove(viewport, (start + end) / 2)
        qtbot.mouseMove(viewport, end)
        cutter = foreground.workspace.cutter
        qtbot.waitUntil(lambda: not cutter.runner.is_busy)
        draft = None if cutter.coarse is None else cutter.coarse.copy()
        qtbot.mouseRelease(viewport, button, pos=end)
        qtbot.waitUntil(lambda: not cutter.runner.is_busy)
        return draft

    return done


def test_a_box_on_one_plane_is_as_deep_as_wide_and_another_plane_says_how_deep(
    foreground, drag, qtbot
):
    foreground.commands.ways[Way.BOX].trigger()
    workspace = foreground.workspace
    draft = drag(Plane.AXIAL, (14, 16, 16), (24, 34, 16))
    assert draft is not None
    assert draft.any()
    box = workspace.active.marks.box
    assert box[:2] == (14, 16)
    assert box[3:5] == (24, 34)
    assert (box[2] + box[5]) / 2 == 16
    assert (box[5] - box[2]) * 6 == pytest.approx((box[3] - box[0]) * 4, abs=12)
    assert foreground.volume.viewpoint.voxel == (19, 25, 16)  # its middle
    outside = mask(foreground) > 0
    assert outside.any()
    outside[14:25, 16:35, box[2] : box[5] + 1] = False
    assert not outside.any()
    drag(Plane.CORONAL, (15, 20, 10), (26, 20, 22))
    assert workspace.active.marks.box == (15, 16, 10, 26, 34, 22)
    workspace.undo()
    assert workspace.active.marks.box == box
    workspace.undo()
    assert not workspace.active.marks


def test_a_box_is_drawn_where_planes_cut_it(foreground, drag, qtbot):
    foreground.commands.ways[Way.BOX].trigger()
    drag(Plane.AXIAL, (14, 16, 16), (24, 34, 16))
    page = foreground.volume
    section = page.views[Plane.AXIAL].canvas._area.boundingRect()
    width, height = page.views[Plane.AXIAL].canvas.pixel
    assert section.width() == pytest.approx(11 * width)
    assert section.height() == pytest.approx(19 * height)
    assert page.views[Plane.CORONAL].canvas._area is not None
    page.viewpoint.move_to((2, 2, 2))
    assert [view.canvas._area for view in page.views.values()] == [None] * 3


@pytest.fixture
def lasso(foreground, qtbot, place):
    """Return a call that draws a line from voxel to voxel on a plane; False gives it up by Esc."""

    def done(plane, voxels, *, ends=True):
        foreground.commands.ways[Way.LASSO].trigger()
        foreground.volume.viewpoint.move_to(voxels[0])
        canvas, cutter = foreground.volume.views[plane].canvas, foreground.workspace.cutter
        first, *others = (place(foreground, plane, each) for each in voxels)
        qtbot.mousePress(canvas.viewport(), LEFT, pos=first)
        for at in others:
            qtbot.mouseMove(canvas.viewport(), at)
        qtbot.waitUntil(lambda: not cutter.runner.is_busy)
        draft = None if cutter.coarse is None else cutter.coarse.copy()
        if ends:
            qtbot.mouseRelease(canvas.viewport(), LEFT, pos=others[-1])
        else:
            qtbot.keyClick(canvas, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: not cutter.runner.is_busy)
        return draft

    return done


DIAMOND = [(19, 16, 16), (24, 25, 16), (19, 34, 16), (14, 25, 16)]


def test_a_lasso_on_a_plane_holds_the_object_in_three_dimensions(foreground, lasso, qtbot):
    workspace, page = foreground.workspace, foreground.volume
    draft = lasso(Plane.AXIAL, DIAMOND)
    assert draft.any()
    marks = workspace.active.marks
    assert len(marks.lasso.points) == 4
    assert marks.box[:2] + marks.box[3:5] == (14, 16, 24, 34)
    assert (marks.box[2] + marks.box[5]) / 2 == 16  # as deep as wide
    found = np.argwhere(mask(foreground) > 0)
    assert len(found) > 20
    assert (np.abs(found[:, 0] - 19) / 5 + np.abs(found[:, 1] - 25) / 9).max() < 1.35
    assert found[:, 2].min() >= marks.box[2]
    assert found[:, 2].max() <= marks.box[5]
    assert page.viewpoint.voxel == (19, 25, 16)
    assert page.views[Plane.AXIAL].canvas._area.size() == 4
    assert page.views[Plane.CORONAL].canvas._area is not None  # of its box
    workspace.undo()
    assert not workspace.active.marks
    assert mask(foreground) is None
    assert page.views[Plane.AXIAL].canvas._area is None


def test_a_lasso_goes_through_the_slices_of_a_box_on_another_plane(foreground, drag, lasso):
    foreground.commands.ways[Way.BOX].trigger()
    drag(Plane.CORONAL, (15, 25, 12), (26, 25, 22))
    lasso(Plane.AXIAL, DIAMOND)
    marks = foreground.workspace.active.marks
    assert (marks.box[2], marks.box[5]) == (12, 22)
    assert marks.lasso is not None
    foreground.workspace.undo()
    assert foreground.workspace.active.marks.lasso is None
    assert foreground.workspace.active.marks.box is not None


def test_a_box_on_another_plane_says_how_deep_a_lasso_goes(foreground, drag, lasso):
    lasso(Plane.AXIAL, DIAMOND)
    drawn = foreground.workspace.active.marks.lasso
    foreground.commands.ways[Way.BOX].trigger()
    drag(Plane.CORONAL, (13, 25, 14), (25, 25, 19))
    marks = foreground.workspace.active.marks
    assert marks.lasso.points == drawn.points
    assert (marks.box[2], marks.box[5]) == (14, 19)
    drag(Plane.AXIAL, (13, 25, 16), (25, 35, 16))  # the same plane: a box in its place
    assert foreground.workspace.active.marks.lasso is None


def test_escape_gives_a_lasso_up_and_a_small_one_is_a_click(foreground, lasso, deep):
    lasso(Plane.AXIAL, DIAMOND, ends=False)
    assert not foreground.workspace.active.marks
    assert foreground.workspace.cutter.coarse is None
    lasso(Plane.AXIAL, [deep[0], deep[0]])
    assert foreground.workspace.active.marks.drawn == (Click(tuple(map(float, deep[0])), True),)


def test_a_draft_is_seen_while_a_stroke_is_drawn(foreground, click, deep, drag):
    click(deep[0])
    before = mask(foreground)
    foreground.commands.ways[Way.BRUSH].trigger()
    to = tuple(np.add(deep[0], (3, 0, 0)))
    draft = drag(Plane.AXIAL, deep[0], to, RIGHT)
    assert before[deep[0]] == 1
    assert draft[deep[0]] == 0
    np.testing.assert_array_equal(mask(foreground) > 0, (mask(foreground) > 0) & (before > 0))
    assert foreground.workspace.cutter.coarse is None


def test_the_planes_show_objects_and_marks(foreground, click, deep, qtbot):
    click(deep[0])
    view = foreground.volume.views[Plane.AXIAL]
    values, _ = view._paint.colored(view.slicing, view.index)
    expected = view.slicing.cut(mask(foreground), view.index)
    row, column, _ = view.slicing.place_of(deep[0])
    assert values[row, column] > 1  # a mark
    far = np.ones(values.shape, bool)
    far[row - 2 : row + 3, column - 2 : column + 3] = False
    np.testing.assert_array_equal(values[far], expected[far])
    foreground.workspace.set_look(view=View.PROBABILITY)
    planes = foreground.volume.objects_painter.planes
    qtbot.waitUntil(lambda: not planes.is_busy)
    values, _ = view._paint.colored(view.slicing, view.index)
    np.testing.assert_array_equal(values >= 128, expected > 0)


def test_several_objects_are_exported_as_one_map(foreground, click, deep, tmp_path):
    click(deep[0])
    foreground.commands.new_object.trigger()
    click((2, 2, 2))
    workspace = foreground.workspace
    exported = exported_objects(
        workspace.cutter.scene, workspace.document, foreground.volume.viewpoint.convention
    )
    choice = Choice(frozenset(("labels", "masks", "posteriors", "table")), (1, 2), 8)
    finish(exported.write(tmp_path, choice))
    assert {path.name for path in tmp_path.iterdir()} == set(exported.names(choice))
    values = np.asanyarray(nibabel.load(tmp_path / "phantom_dseg.nii.gz").dataobj)
    np.testing.assert_array_equal(values, mask(foreground))
    assert set(np.unique(values)) == {0, 1, 2}
    panel = foreground.volume.objects
    assert all(row.amount.text().endswith(" ml") for row in panel.rows)
    assert panel.priority.text().endswith("voxel.")
    stem = "phantom_label-Object1"
    soft = np.asanyarray(nibabel.load(tmp_path / f"{stem}_probseg.nii.gz").dataobj)
    np.testing.assert_array_equal((soft >= 0.5)[values != 2], (values == 1)[values != 2])


def test_ways_of_pictures_are_not_offered(foreground):
    actions = foreground.commands
    assert [way for way in Way if actions.ways[way].isVisible()] == [
        Way.CLICK,
        Way.BRUSH,
        Way.BOX,
        Way.LASSO,
    ]
    assert not actions.views[View.CUTOUT].isVisible()


def test_a_cut_can_be_cancelled(foreground, click, deep, place, qtbot):
    click(deep[0])
    before = mask(foreground)
    canvas = foreground.volume.views[Plane.AXIAL].canvas
    qtbot.mouseClick(canvas.viewport(), RIGHT, pos=place(foreground, Plane.AXIAL, deep[0]))
    foreground.workspace.cancel()
    np.testing.assert_array_equal(mask(foreground), before)
    assert len(foreground.workspace.active.marks.drawn) == 1


def test_a_photo_after_a_volume_is_cut_out_as_photos_are(foreground, click, deep, photo, qtbot):
    click(deep[0])
    with qtbot.waitSignal(foreground.workspace.opened):
        foreground.open_path(str(photo))
    assert foreground.workspace.job is Job.REGIONS
    foreground.commands.jobs[Job.FOREGROUND].trigger()
    qtbot.waitUntil(lambda: foreground.workspace.cutter.ready is not None)
    assert foreground.commands.ways[Way.BOX].isVisible()
    assert not foreground.workspace.active.marks


def test_a_box_in_a_photo_is_none_in_the_volume_before_it(foreground, photo, qtbot):
    page, workspace = foreground.volume, foreground.workspace
    with qtbot.waitSignal(workspace.opened):
        foreground.open_path(str(photo))
    foreground.commands.jobs[Job.FOREGROUND].trigger()
    add_mark(workspace, (0, 0, 40, 60))
    assert workspace.active.marks.box == (0, 0, 40, 60)
    assert [view.canvas._area for view in page.views.values()] == [None] * 3
