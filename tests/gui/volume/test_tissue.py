"""The tissues of a volume in the window: found, shown, corrected, undone."""

from dataclasses import replace

import nibabel
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QComboBox, QFileDialog

from segmenter.errors import ParameterError
from segmenter.gui.dialogs.export import ExportDialog
from segmenter.gui.look import Convention, Hand, Job, View
from segmenter.gui.scale import ColorBar
from segmenter.gui.volume import fitter, steps
from segmenter.gui.volume.brush_panel import BrushPanel
from segmenter.gui.volume.exported import exported_tissue
from segmenter.gui.volume.slicing import Plane
from segmenter.gui.volume.tissue_panel import change_tissue
from segmenter.gui.worker import Runner
from segmenter.images.image import Image
from segmenter.segment.recipe import RegionsRecipe
from segmenter.session.brain import GivenMask
from segmenter.session.corrections import BrushStroke
from segmenter.session.document import Document
from segmenter.work import Progress, finish

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


KEPT = {}


@pytest.fixture(autouse=True)
def kept_results(monkeypatch):
    """Find the tissues of one head, mask and recipe once for all tests."""
    find = steps.segment_tissue_steps

    def kept(image, mask, recipe, previous):
        key = (id(image), None if mask is None else mask.tobytes(), recipe)
        yield Progress("Starting")
        if key not in KEPT:
            KEPT[key] = yield from find(image, mask, recipe, previous)
        return KEPT[key]

    monkeypatch.setattr(steps, "segment_tissue_steps", kept)


@pytest.fixture
def found(volume, head, qtbot):
    """Return the window with the tissues found, the brain given."""
    volume.workspace.change("Change brain", brain=GivenMask("brain.nii.gz", head.brain))
    qtbot.waitUntil(lambda: is_settled(volume))
    return volume


def is_settled(window):
    return window.workspace.tissue.holds_for(window.workspace.document)


def labels(window):
    return window.workspace.tissue.label_map.values


def hover(window, qtbot, at):
    """Move the pointer to a place on the axial plane; it must move for Qt to tell."""
    canvas = window.volume.views[Plane.AXIAL].canvas.viewport()
    qtbot.mouseMove(canvas, QPoint(3, 3))
    qtbot.mouseMove(canvas, at)


def paint(window, qtbot, place, plane, voxels, button=LEFT):
    canvas = window.volume.views[plane].canvas.viewport()
    qtbot.mousePress(canvas, button, pos=place(window, plane, voxels[0]))
    for voxel in voxels[1:]:
        qtbot.mouseMove(canvas, place(window, plane, voxel))
    qtbot.mouseRelease(canvas, button, pos=place(window, plane, voxels[-1]))


def test_tissues_are_found_and_told_in_ml_and_words(found, head):
    panel = found.volume.tissues
    assert [row.name.text() for row in panel.rows] == [
        "Cerebrospinal fluid", "Gray matter", "White matter",
    ]  # fmt: skip
    voxel = 4 * 4 * 6 / 1000
    counts = np.bincount(labels(found).ravel())
    for value, row in enumerate(panel.rows, 1):
        assert row.amount.text() == f"{counts[value] * voxel:.1f} ml"
    assert "parenchyma" in panel.brain.text()
    assert "T1" in panel.notes.text()
    white, truth = labels(found) == 3, head.tissues == 3
    assert 2 * (white & truth).sum() / (white.sum() + truth.sum()) > 0.7
    assert found.volume.plot.title.text().startswith("Intensities in the brain")
    histogram = found.workspace.tissue.result.histogram
    assert histogram.density.sum() * np.diff(histogram.edges)[0] == pytest.approx(1, abs=0.01)


def test_labels_are_painted_in_their_colors_on_all_planes(found, place):
    found.workspace.set_opacity(1.0)
    voxel = tuple(int(each) for each in np.argwhere(labels(found) == 3)[len(labels(found)) * 20])
    found.volume.viewpoint.move_to((0, 0, 0))
    for plane in Plane:
        apart = [each + 2 for each in voxel]
        axis = found.volume.views[plane].slicing.axes[2]
        apart[axis] = voxel[axis]
        found.volume.viewpoint.move_to(tuple(apart))
        picture = found.volume.views[plane].canvas.grab().toImage()
        color = picture.pixelColor(place(found, plane, voxel)).getRgb()[:3]
        assert color == tuple(found.workspace.labels[2].color)


def test_hovering_tells_the_probabilities(found, place, qtbot):
    voxel = (23, 20, 20)
    found.volume.viewpoint.move_to(voxel)
    hover(found, qtbot, place(found, Plane.AXIAL, voxel))
    name = found.workspace.labels[labels(found)[voxel] - 1].name
    assert f"      {name} " in found.status.pixel.text()
    assert found.status.pixel.text().endswith("%")
    label = next(each for each in found.workspace.labels if each.name == name)
    found.workspace.set_label(replace(label, name="Otherwise"), "Rename")
    assert "      Otherwise " in found.status.pixel.text()


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (View.FRACTION, lambda tissue, at: f"{tissue.fraction(2)[at]:.0%} of it Gray matter"),
        (View.BIAS, lambda tissue, at: f"bias {tissue.bias_field[at]:.3f}"),
        (View.ANOMALY, lambda tissue, at: f"p {tissue.outliers[at]:.2g}"),
        (View.UNCERTAINTY, lambda _tissue, _at: "uncertainty 0."),
    ],
)
def test_hovering_tells_what_the_view_shows(found, place, qtbot, view, words):
    found.commands.views[view].trigger()
    found.commands.digits[1].trigger()
    tissue = found.workspace.tissue
    qtbot.waitUntil(lambda: not tissue.views.is_busy)
    voxel = (23, 20, 20)
    found.volume.viewpoint.move_to(voxel)
    hover(found, qtbot, place(found, Plane.AXIAL, voxel))
    expected = words(tissue.result.tissue, voxel).replace("%", " %")
    assert f"      {expected}" in found.status.pixel.text()
    found.commands.views[View.LABELS].trigger()
    hover(found, qtbot, place(found, Plane.AXIAL, voxel))
    assert expected not in found.status.pixel.text()


VIEWS = [
    View.SOFT, View.FRACTION, View.UNCERTAINTY, View.BIAS, View.ANOMALY, View.BRAIN,
]  # fmt: skip


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_paints_its_values(found, qtbot, view):
    found.commands.views[view].trigger()
    tissue = found.workspace.tissue
    qtbot.waitUntil(lambda: not tissue.views.is_busy)
    overlay = found.volume.views[Plane.AXIAL].canvas.overlay
    slicing = found.volume.views[Plane.AXIAL].slicing
    result = tissue.result.tissue
    wanted = {
        View.SOFT: lambda: 255 * result.posterior(1),
        View.FRACTION: lambda: 255 * result.fraction(1),
        View.BRAIN: lambda: result.brain_mask,
        View.ANOMALY: lambda: np.clip(
            255 * -np.log10(np.maximum(result.outliers, 1e-30)) / 8, 0, 255
        ),
    }
    shown = overlay._levels.levels[0].pixels
    if view in wanted:
        values = slicing.cut(wanted[view](), found.volume.views[Plane.AXIAL].index)
        assert np.abs(shown - values.astype(float)).max() <= 1
    else:
        assert shown.max() > shown.min()


def test_the_fraction_follows_the_tissue_that_is_picked(found, qtbot):
    found.commands.views[View.FRACTION].trigger()
    tissue, view = found.workspace.tissue, found.volume.views[Plane.AXIAL]
    for value in (3, 1):
        found.commands.digits[value - 1].trigger()
        qtbot.waitUntil(lambda: not tissue.views.is_busy)
        values = view.slicing.cut(255 * tissue.result.tissue.fraction(value), view.index)
        shown = view.canvas.overlay._levels.levels[0].pixels
        assert np.abs(shown - values.astype(float)).max() <= 1


def test_early_labels_are_shown_until_there_is_a_result_and_never_over_one(volume, head, qtbot):
    overlay = volume.volume.views[Plane.AXIAL].canvas.overlay
    early = np.full(head.image.grid, 2, np.uint8)
    volume.workspace.tissue.stepped.emit(early)
    assert (overlay._levels.levels[0].pixels == 2).all()
    volume.workspace.change("Change brain", brain=GivenMask("brain.nii.gz", head.brain))
    qtbot.waitUntil(lambda: is_settled(volume))
    settled = overlay._levels.levels[0].pixels.copy()
    assert len(np.unique(settled)) > 2
    volume.workspace.tissue.stepped.emit(early)
    assert (overlay._levels.levels[0].pixels == settled).all()


def test_a_lesion_is_listed_and_jumped_to(found, qtbot):
    found.commands.views[View.ANOMALY].trigger()
    panel = found.volume.anomalies
    qtbot.waitUntil(lambda: panel.regions.count() > 0 and not panel.is_busy)
    assert "that no tissue explains" in panel.sentence.text()
    panel.regions.setCurrentRow(0)
    affine = found.workspace.document.image.affine
    middle = (affine @ (*found.volume.viewpoint.voxel, 1))[:3]
    assert np.abs(middle - (-34, -12, 18)).max() < 8
    n_regions = panel.regions.count()
    panel.rate.setFocus()
    qtbot.keyClick(panel.rate, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: not panel.is_busy)
    assert panel.regions.count() <= n_regions


def test_regions_are_told_at_the_rate_they_were_listed_for(found, qtbot, monkeypatch):
    def find_none(*_):
        yield Progress("Finding")
        return ()

    monkeypatch.setattr(steps, "abnormality_steps", find_none)
    found.commands.views[View.ANOMALY].trigger()
    panel = found.volume.anomalies
    panel.rate.setValue(-50)
    assert panel.is_busy
    found.workspace.set_job(Job.FOREGROUND)
    qtbot.waitUntil(lambda: not panel.is_busy)
    assert "1 in 100,000" in panel.sentence.text()


def test_volumes_that_the_labels_miss_are_noted_until_they_are_corrected(
    found, place, qtbot, monkeypatch
):
    note = "Labels have a volume outside the interval of the expected one."
    tissue = type(found.workspace.tissue.result.tissue)
    monkeypatch.setattr(tissue, "volume_notes", (note,))
    found.workspace.set_look(selected=1)
    found.workspace.set_look(selected=2)
    assert found.volume.tissues.notes.text().endswith(note)
    found.volume.use_hand(Hand.BRUSH)
    voxel = (23, 20, 20)
    found.volume.viewpoint.move_to(voxel)
    found.workspace.set_look(selected=int(labels(found)[voxel]) or 1)
    found.volume.brush.set_radius(0.1)
    paint(found, qtbot, place, Plane.AXIAL, [voxel])
    assert found.volume.tissues.notes.text().endswith(f"{note} Corrected by 1 stroke.")
    found.workspace.set_look(selected=1 + found.workspace.look.selected % 3)
    paint(found, qtbot, place, Plane.AXIAL, [voxel])
    assert note not in found.volume.tissues.notes.text()


def test_the_bar_of_colors_has_the_values_that_are_painted(found, qtbot):
    bar = found.volume.view_bar.findChild(ColorBar)
    gradient = bar.gradient
    found.commands.views[View.BIAS].trigger()
    assert not bar.isVisible()  # until it is computed
    qtbot.waitUntil(lambda: not found.workspace.tissue.views.is_busy)
    field = found.workspace.tissue.result.tissue.bias_field
    reach = np.exp(np.abs(np.log(field)).max())
    assert gradient.scale.ends == (f"{1 / reach:.2f}", f"{reach:.2f}")
    found.commands.views[View.ANOMALY].trigger()
    assert gradient.scale.ends == ("0.001", "1e-8")
    found.volume.anomalies.rate.setValue(-50)
    assert gradient.scale.ends == ("1e-5", "1e-8")


def test_a_setting_is_one_step_of_undo_and_brings_the_old_result_back(found, qtbot):
    before = labels(found)
    box = found.volume.model.rare.bias
    box.click()
    qtbot.waitUntil(lambda: is_settled(found))
    assert found.workspace.tissue.result.tissue.bias_field is None
    assert found.commands.undo.text() == "Undo Change bias field"
    found.commands.undo.trigger()
    assert is_settled(found)
    assert (labels(found) == before).all()
    assert box.isChecked()


def test_cancel_keeps_the_result_and_its_settings(found, qtbot):
    document, before = found.workspace.document, found.workspace.tissue.result
    found.volume.model.smoothness.setValue(77)
    assert found.workspace.tissue.runner.is_busy
    qtbot.keyClick(found, Qt.Key.Key_Escape)
    assert not found.workspace.tissue.runner.is_busy
    assert found.workspace.tissue.result is before
    assert found.workspace.document == document


def test_the_brush_corrects_labels_in_one_slice_and_is_undone(found, place, qtbot):
    found.volume.use_hand(Hand.BRUSH)
    found.workspace.set_look(selected=1)
    voxel = (23, 20, 20)
    found.volume.viewpoint.move_to(voxel)
    before, ml = labels(found).copy(), found.volume.tissues.rows[0].amount.text()
    paint(found, qtbot, place, Plane.AXIAL, [voxel, (27, 20, 20)])
    changed = np.argwhere(labels(found) != before)
    assert len(changed) >= 4
    assert set(changed[:, 2]) == {20}
    assert (labels(found)[23:28, 20, 20] == 1).all()
    assert found.commands.undo.text() == "Undo Paint Cerebrospinal fluid"
    assert found.volume.tissues.rows[0].amount.text() != ml
    assert "Corrected by 1 stroke." in found.volume.tissues.notes.text()
    found.commands.undo.trigger()
    assert (labels(found) == before).all()
    assert found.volume.tissues.rows[0].amount.text() == ml
    found.commands.redo.trigger()
    assert labels(found)[25, 20, 20] == 1


def test_a_double_click_with_the_brush_paints_twice_and_enlarges_nothing(found, place, qtbot):
    qtbot.keyClick(found, Qt.Key.Key_B)
    voxel, views = (23, 20, 20), found.volume.views
    found.volume.viewpoint.move_to(voxel)
    canvas, at = views[Plane.AXIAL].canvas.viewport(), place(found, Plane.AXIAL, voxel)
    qtbot.mouseClick(canvas, LEFT, pos=at)
    qtbot.mouseDClick(canvas, LEFT, pos=at)  # the second press alone
    qtbot.mouseRelease(canvas, LEFT, pos=at)
    assert len(found.workspace.document.strokes) == 2
    assert all(view.isVisible() for view in views.values())
    qtbot.mouseDClick(views[Plane.AXIAL].slider.parentWidget(), LEFT, pos=QPoint(3, 3))
    assert [plane for plane, view in views.items() if view.isVisible()] == [Plane.AXIAL]


def test_a_click_on_a_name_picks_the_tissue_and_leaves_the_keyboard_to_the_planes(found, qtbot):
    row = found.volume.tissues.rows[1]
    found.volume.canvas.setFocus()
    qtbot.mouseClick(row.name, LEFT)
    assert found.workspace.look.selected == 2
    qtbot.keyClick(found.focusWidget(), Qt.Key.Key_B)
    assert found.commands.hands[Hand.BRUSH].isChecked()
    assert row.name.text() == "Gray matter"
    qtbot.mouseDClick(row.name, LEFT)
    qtbot.keyClicks(row.name, "Cortex")
    qtbot.keyClick(row.name, Qt.Key.Key_Return)
    assert found.workspace.labels[1].name == "Cortex"


def test_planes_are_equally_wide_in_a_small_window(found, qtbot):
    found.resize(1024, 700)
    views = found.volume.views
    qtbot.waitUntil(lambda: found.width() == 1024)
    widths = [views[plane].width() for plane in (Plane.AXIAL, Plane.CORONAL)]
    assert abs(widths[0] - widths[1]) <= 1


def test_a_ball_reaches_other_slices_and_the_right_button_takes_away(found, place, qtbot):
    found.volume.use_hand(Hand.BRUSH)
    found.commands.ball.trigger()
    found.volume.brush.set_radius(10.0)
    voxel = (23, 20, 20)
    found.volume.viewpoint.move_to(voxel)
    before = labels(found).copy()
    paint(found, qtbot, place, Plane.CORONAL, [voxel], RIGHT)
    changed = np.argwhere(labels(found) != before)
    assert set(changed[:, 1]) == {18, 19, 20, 21, 22}
    assert (labels(found)[labels(found) != before] == 0).all()
    distances = np.linalg.norm((changed - voxel) * (4, 4, 6), axis=1)
    assert distances.max() <= 10
    hover(found, qtbot, place(found, Plane.AXIAL, voxel))
    assert "taken away" in found.status.pixel.text()


def test_escape_gives_a_stroke_up(found, place, qtbot):
    found.volume.use_hand(Hand.BRUSH)
    voxel = (23, 20, 20)
    found.volume.viewpoint.move_to(voxel)
    before, document = labels(found).copy(), found.workspace.document
    canvas = found.volume.views[Plane.AXIAL].canvas
    qtbot.mousePress(canvas.viewport(), LEFT, pos=place(found, Plane.AXIAL, voxel))
    assert (labels(found) != before).any()
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert (labels(found) == before).all()
    qtbot.mouseRelease(canvas.viewport(), LEFT, pos=place(found, Plane.AXIAL, voxel))
    assert found.workspace.document == document


def test_painting_the_brain_refits_and_undo_returns(found, place, qtbot):
    found.volume.use_hand(Hand.BRUSH)
    found.volume.brush.set_target("brain")
    found.volume.brush.set_radius(12.0)
    voxel = (23, 20, 20)
    found.volume.viewpoint.move_to(voxel)
    before = found.workspace.tissue.result
    paint(found, qtbot, place, Plane.AXIAL, [voxel], RIGHT)
    assert found.workspace.look.view is View.BRAIN
    qtbot.waitUntil(lambda: is_settled(found))
    assert not found.workspace.tissue.result.tissue.brain_mask[voxel]
    assert labels(found)[voxel] == 0
    assert found.commands.undo.text() == "Undo Take from Brain"
    found.commands.undo.trigger()
    assert found.workspace.tissue.result is before
    assert found.workspace.tissue.brain_map.values[voxel] == 1


def test_the_brush_paints_what_is_seen_unless_it_is_told_otherwise(found):
    found.workspace.set_look(view=View.BRAIN)
    assert found.volume.brush.target == "brain"
    found.workspace.set_look(view=View.SOFT)
    assert found.volume.brush.target == "brain"
    found.workspace.set_look(view=View.LABELS)
    assert found.volume.brush.target == "labels"
    found.volume.brush.set_target("brain")
    found.workspace.set_look(selected=2)
    assert found.volume.brush.target == "brain"


def test_strokes_on_a_found_brain_correct_it_though_it_is_yet_to_be_found(head):
    image = replace(head.image)  # that of other tests stays one whose brain is yet to be found
    document = Document(image, RegionsRecipe())
    found = finish(steps.tissue_steps(document, None, None))
    taken = BrushStroke(((23.0, 20.0, 20.0),), 12.0, None, "brain", 0)
    document = replace(document, strokes=(taken,))
    by_hand = finish(steps.tissue_steps(document, found.brain, found))
    again = finish(steps.tissue_steps(document, None, None))  # as a session is opened
    assert not again.tissue.brain_mask[23, 20, 20]
    np.testing.assert_array_equal(again.brain, found.brain)
    np.testing.assert_array_equal(again.brain_map.values, by_hand.brain_map.values)
    np.testing.assert_array_equal(again.label_map.values, by_hand.label_map.values)
    assert again.tissue.volumes == by_hand.tissue.volumes


def test_a_brain_found_with_the_atlas_is_not_taken_without_it(volume, head, qtbot, monkeypatch):
    scan = replace(head.image)  # one whose brain other tests do not find
    volume.workspace.opening.open_image(lambda: scan, "scan")
    qtbot.waitUntil(lambda: volume.workspace.document.image is scan)
    qtbot.waitUntil(lambda: is_settled(volume))
    taken, fit = [], fitter._fit

    def recorded(document, found, previous):
        taken.append((document.tissue.atlas, found is not None))
        return fit(document, found, previous)

    monkeypatch.setattr(fitter, "_fit", recorded)
    for name, value in (("smoothness", 0.2), ("atlas", "none")):
        change_tissue(volume.workspace, name, **{name: value})
        qtbot.waitUntil(lambda: is_settled(volume))
    assert taken == [("icbm152", True), ("none", False)]


def test_the_brain_is_taken_from_a_file_on_the_same_grid(volume, head, tmp_path, qtbot):
    model = volume.volume.model
    affine = head.image.affine
    other = tmp_path / "other.nii.gz"
    nibabel.save(nibabel.Nifti1Image(np.ones((5, 6, 7), np.uint8), affine), other)
    model.open_mask(str(other))
    qtbot.waitUntil(lambda: "5 x 6 x 7" in model.message.text())
    assert volume.workspace.document.brain == "found"
    path = tmp_path / "mask.nii.gz"
    nibabel.save(nibabel.Nifti1Image(head.brain.astype(np.uint8), affine), path)
    model.open_mask(str(path))
    qtbot.waitUntil(lambda: volume.workspace.document.brain != "found")
    qtbot.waitUntil(lambda: is_settled(volume))
    assert (volume.workspace.tissue.result.tissue.brain_mask == head.brain).all()
    assert model.brain.currentText() == "mask.nii.gz"


def test_without_an_atlas_the_number_of_tissues_is_chosen(found, qtbot):
    rare = found.volume.model.rare
    assert not rare.n_tissues.isVisibleTo(rare)
    rare.atlas.setFocus()
    qtbot.keyClicks(rare.atlas, "N")
    assert rare.n_tissues.isVisibleTo(rare)
    rare.n_tissues.setValue(4)
    qtbot.waitUntil(lambda: is_settled(found))
    assert len(found.workspace.labels) == 4
    found.commands.digits[3].trigger()
    assert found.workspace.look.selected == 4
    found.commands.undo.trigger()
    qtbot.waitUntil(lambda: is_settled(found))
    assert len(found.workspace.labels) == 3
    assert found.workspace.look.selected == 3


def test_a_tissue_is_hidden_and_shown_alone(found, qtbot):
    row = found.volume.tissues.rows[1]
    qtbot.mouseClick(row.eye, LEFT)
    assert not found.workspace.labels[1].visible
    table = found.volume.views[Plane.AXIAL].canvas.overlay._table
    assert table[2] == 0
    assert table[1] != 0
    qtbot.mouseClick(row.solo, LEFT)
    assert found.workspace.look.solo == 2
    found.commands.undo.trigger()
    assert found.workspace.labels[1].visible


def test_a_tissue_is_renamed_and_recolored_without_a_new_fit(found, qtbot, monkeypatch):
    before = found.workspace.tissue.result
    found.workspace.set_look(selected=2)
    found.commands.rename.trigger()
    name = found.volume.tissues.rows[1].name
    assert name.hasFocus()
    qtbot.keyClicks(name, "Cortex")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    assert found.workspace.labels[1].name == "Cortex"
    assert found.volume.canvas.hasFocus()
    red = QColor(200, 30, 30)
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_: red)
    qtbot.mouseClick(found.volume.tissues.rows[1].swatch, LEFT)
    table = found.volume.views[Plane.AXIAL].canvas.overlay._table
    assert QColor.fromRgb(table[2]).red() == 200
    assert found.workspace.tissue.result is before
    found.commands.undo.trigger()
    found.commands.undo.trigger()
    assert found.workspace.labels[1].name == "Gray matter"


def test_names_given_to_some_tissues_do_not_pass_to_others(found, qtbot):
    workspace = found.workspace
    workspace.set_label(replace(workspace.labels[1], name="Cortex"), "Rename")
    change_tissue(workspace, "atlas", atlas="none", n_tissues=4)
    qtbot.waitUntil(lambda: is_settled(found))
    assert "Cortex" not in [each.name for each in workspace.labels]
    found.commands.undo.trigger()
    qtbot.waitUntil(lambda: is_settled(found))
    assert workspace.labels[1].name == "Cortex"


def test_every_control_has_a_name(found):
    boxes = [each for each in found.findChildren(QComboBox) if each.isVisible()]
    assert boxes
    assert all(each.accessibleName() for each in boxes)


def test_corrected_labels_are_exported_and_read_back_equal(found, place, qtbot, tmp_path):
    found.volume.use_hand(Hand.BRUSH)
    voxel = (23, 20, 20)
    found.volume.viewpoint.move_to(voxel)
    paint(found, qtbot, place, Plane.AXIAL, [voxel])
    workspace = found.workspace
    exported = exported_tissue(workspace.tissue, workspace.document, Convention.RADIOLOGICAL)
    dialog = ExportDialog(exported, str(tmp_path), Runner("export", found), found)
    assert dialog.outcome.text() == "5 files will be written."
    assert not dialog.bits.isVisibleTo(dialog)
    qtbot.mouseClick(dialog.export, LEFT)
    qtbot.waitUntil(lambda: "read back equal" in dialog.outcome.text())
    assert dialog.outcome.text().startswith(f"5 files written to {tmp_path}")
    assert len(list(tmp_path.glob("phantom_*"))) == 5
    written = np.asarray(nibabel.load(tmp_path / "phantom_dseg.nii.gz").dataobj)
    assert (written == labels(found)).all()
    assert written[voxel] == 1
    dialog.reject()


def test_why_there_is_no_result_is_said_over_the_planes(window, qtbot):
    thin = Image(np.arange(4 * 20 * 30, dtype=np.uint16).reshape(20, 30, 4, 1), "gray")
    with qtbot.waitSignal(window.workspace.tissue.refused):
        window.workspace.opening.open_image(lambda: thin, "thin")
    assert "too thin" in window.volume.message.text
    assert window.volume.message.isVisible()
    assert not window.volume.message.button.isVisible()
    assert not window.commands.export.isEnabled()
    assert not window.commands.hands[Hand.BRUSH].isEnabled()


def test_a_mask_is_offered_where_no_brain_is_found(window, qtbot):
    pixels = np.zeros((30, 30, 30, 1), np.uint16)
    pixels[10:18, 10:18, 10:18] = np.arange(512).reshape(8, 8, 8, 1) + 100
    with qtbot.waitSignal(window.workspace.tissue.refused):
        window.workspace.opening.open_image(lambda: Image(pixels, "gray"), "dot")
    assert "The brain has 512 voxels" in window.volume.message.text
    assert window.volume.message.button.text() == "Choose a Brain Mask…"


def test_a_first_fit_that_was_cancelled_can_be_run_again(volume, head, qtbot):
    volume.workspace.change("Change brain", brain=GivenMask("brain.nii.gz", head.brain))
    assert volume.workspace.tissue.runner.is_busy
    volume.commands.cancel.trigger()
    assert not volume.workspace.tissue.runner.is_busy
    assert "stopped" in volume.volume.message.text
    qtbot.mouseClick(volume.volume.message.button, LEFT)
    qtbot.waitUntil(lambda: is_settled(volume))
    assert volume.volume.message.isHidden()


def test_what_is_said_of_a_file_stays_though_tissues_are_found_meanwhile(volume, head, qtbot):
    volume.workspace.change("Change brain", brain=GivenMask("brain.nii.gz", head.brain))
    volume.show_refusal(ParameterError("There is no such file; check its name."))
    qtbot.waitUntil(lambda: is_settled(volume))
    assert volume.volume.message.isVisible()
    assert volume.volume.message.text == "There is no such file; check its name."


def test_a_photo_after_a_scan_and_back(found, photo, head, qtbot):
    found.open_path(str(photo))
    qtbot.waitUntil(lambda: found.workspace.result_is_current)
    assert found.workspace.tissue.result is None
    with qtbot.waitSignal(found.workspace.opened):
        found.workspace.opening.open_image(lambda: head.image, "head")
    assert found.workspace.job is Job.TISSUE
    assert found.workspace.result is None
    assert found.workspace.labels == ()


def test_another_scan_is_navigated_whatever_was_in_hand(found, head, place, qtbot):
    qtbot.keyClick(found, Qt.Key.Key_B)
    found.commands.eraser.trigger()
    with qtbot.waitSignal(found.workspace.opened):
        found.workspace.opening.open_image(lambda: head.image, "head")
    found.workspace.change("Change brain", brain=GivenMask("brain.nii.gz", head.brain))
    qtbot.waitUntil(lambda: is_settled(found))
    assert found.commands.hands[Hand.NAVIGATE].isChecked()
    assert not found.commands.eraser.isChecked()
    assert not found.volume.brush.is_eraser
    paint(found, qtbot, place, Plane.AXIAL, [(23, 20, 20), (27, 20, 20)])
    assert found.workspace.document.strokes == ()
    assert found.volume.viewpoint.voxel[:2] == (27, 20)


def test_dim_scans_fill_the_plot_as_bright_ones_do(volume, head, qtbot):
    dim = Image((head.image.pixels / 4000).astype(np.float32), "gray", affine=head.image.affine)
    with qtbot.waitSignal(volume.workspace.opened):
        volume.workspace.opening.open_image(lambda: dim, "dim")
    volume.workspace.change("Change brain", brain=GivenMask("brain.nii.gz", head.brain))
    qtbot.waitUntil(lambda: is_settled(volume))
    edges = volume.workspace.tissue.result.histogram.edges
    assert edges[-1] < 0.5


def test_planes_are_equally_wide_however_long_the_title_of_the_plot_is(found, qtbot):
    found.resize(960, 600)
    views = found.volume.views
    qtbot.waitUntil(lambda: found.width() == 960)
    assert found.volume.plot.title.text().startswith("Intensities in the brain")
    assert abs(views[Plane.AXIAL].width() - views[Plane.CORONAL].width()) <= 1


def test_brush_and_anomalies_are_in_sight_in_a_small_window(found, qtbot):
    found.resize(1024, 700)
    qtbot.keyClick(found, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: found.volume.anomalies.regions.count() > 0)
    qtbot.keyClick(found, Qt.Key.Key_B)
    viewport, page = found.volume.panel.viewport(), found.volume
    (brush,) = page.findChildren(BrushPanel)

    def is_in_sight(widget):
        place = QRect(widget.mapTo(viewport, QPoint()), widget.size())
        return widget.isVisible() and viewport.rect().contains(place)

    qtbot.waitUntil(lambda: is_in_sight(brush) and is_in_sight(page.anomalies.regions))


def test_a_session_brings_corrections_and_objects_of_a_volume_back(
    window, head, tmp_path, place, qtbot, monkeypatch
):
    path, workspace = tmp_path / "head.nii.gz", window.workspace
    nibabel.save(nibabel.Nifti1Image(head.image.pixels[..., 0], head.image.affine), path)
    window.open_path(str(path))
    qtbot.waitUntil(lambda: workspace.document is not None)
    workspace.change("Choose a Mask", brain=GivenMask("brain.nii.gz", head.brain))
    qtbot.waitUntil(lambda: workspace.tissue.holds_for(workspace.document))
    window.volume.use_hand(Hand.BRUSH)
    voxel = (23, 20, 20)
    window.volume.viewpoint.move_to(voxel)
    paint(window, qtbot, place, Plane.AXIAL, [voxel, (27, 20, 20)])
    painted = labels(window).copy()
    qtbot.keyClick(window, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: workspace.cutter.ready is not None)
    canvas = window.volume.views[Plane.AXIAL].canvas.viewport()
    qtbot.mouseClick(canvas, LEFT, pos=place(window, Plane.AXIAL, voxel))
    qtbot.waitUntil(lambda: workspace.cutter.cut is not None)
    mask, document = workspace.cutter.cut.mask, workspace.document
    session = tmp_path / "head.segmenter"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(session), ""))
    with qtbot.waitSignal(window.saving.saved):
        qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(workspace.opened):
        window.open_path(str(session))
    assert workspace.document is not document
    qtbot.waitUntil(lambda: workspace.cutter.cut is not None)
    np.testing.assert_array_equal(workspace.cutter.cut.mask, mask)
    assert workspace.document.objects == document.objects
    assert workspace.document.strokes == document.strokes
    qtbot.keyClick(window, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: workspace.tissue.holds_for(workspace.document))
    np.testing.assert_array_equal(labels(window), painted)
