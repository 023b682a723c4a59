"""The regions of a volume in the window: found, shown, picked, edited, undone, exported."""

import nibabel
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from segmenter.gui.dialogs.exported import Choice
from segmenter.gui.dialogs.shortcuts import ShortcutSheet
from segmenter.gui.look import Job, View, jobs_of
from segmenter.gui.volume.exported import exported_regions
from segmenter.gui.volume.slicing import Plane
from segmenter.work import finish

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def reading():
    return "regions"


@pytest.fixture
def regions(volume, qtbot):
    """Return the window with the connected regions of the head."""
    volume.workspace.cancel()  # the tissues, which it has begun with
    volume.commands.jobs[Job.REGIONS].trigger()
    qtbot.waitUntil(lambda: volume.workspace.result_is_current)
    volume.workspace.set_recipe("Change number of regions", n_regions=5)
    return volume


def painted(window, plane=Plane.AXIAL):
    """Bytes of the overlay of a plane, and their colors."""
    view = window.volume.views[plane]
    return view._paint.colored(view.slicing, view.index)


def test_each_plane_shows_the_regions_of_its_slice(regions):
    workspace, result = regions.workspace, regions.workspace.result
    assert result.regions.label_map.shape == workspace.document.image.grid
    for plane, view in regions.volume.views.items():
        values, table = painted(regions, plane)
        labels = view.slicing.cut(result.regions.label_map, view.index)
        colors = [0, *((0xFF << 24 | r << 16 | g << 8 | b) for r, g, b in
                       (label.color for label in workspace.labels))]  # fmt: skip
        np.testing.assert_array_equal(np.array(table)[values], np.array(colors)[labels])


def test_a_click_picks_the_region_under_the_crosshair(regions, qtbot, place):
    result = regions.workspace.result
    voxel = tuple(np.argwhere(result.regions.label_map == 2)[0])
    regions.volume.viewpoint.move_to(voxel)
    canvas = regions.volume.views[Plane.AXIAL].canvas
    qtbot.mouseClick(canvas.viewport(), LEFT, pos=place(regions, Plane.AXIAL, voxel))
    assert regions.workspace.look.selected == 2


def test_the_smallest_size_is_in_voxels(regions):
    field = regions.volume.regions.parts.smallest
    field.setValue(20)
    assert field.text() == "20 voxels"
    assert regions.workspace.document.recipe.min_size == 20


def test_picked_regions_are_merged_and_undo_parts_them(regions, qtbot, place):
    workspace = regions.workspace
    before = workspace.result.regions.n_labels
    canvas = regions.volume.views[Plane.AXIAL].canvas
    for value, keys in ((1, Qt.KeyboardModifier.NoModifier), (2, CTRL)):
        voxel = tuple(np.argwhere(workspace.result.regions.label_map == value)[5])
        regions.volume.viewpoint.move_to(voxel)
        qtbot.mouseClick(canvas.viewport(), LEFT, keys, place(regions, Plane.AXIAL, voxel))
    assert workspace.look.chosen == {1, 2}
    regions.commands.merge.trigger()
    assert workspace.result.regions.n_labels == before - 1
    workspace.undo()
    assert workspace.job is Job.REGIONS
    assert workspace.result.regions.n_labels == before


def test_a_region_is_divided(regions):
    workspace = regions.workspace
    workspace.set_look(selected=1)
    regions.commands.split.trigger()
    assert workspace.result.regions.n_labels == 6


def test_classes_have_probabilities_on_the_planes(regions, qtbot):
    workspace = regions.workspace
    workspace.set_reading("classes")
    workspace.set_recipe("Change number of regions", n_regions=3)
    qtbot.waitUntil(lambda: workspace.result_is_current)
    planes = regions.volume.regions_painter.planes
    workspace.set_look(view=View.SOFT, selected=3)
    qtbot.waitUntil(lambda: not planes.is_busy)
    view = regions.volume.views[Plane.AXIAL]
    values, _ = painted(regions)
    expected = workspace.result.regions.posterior(3)
    np.testing.assert_allclose(values / 255, view.slicing.cut(expected, view.index), atol=0.003)


def test_views_and_ways_of_pictures_are_not_offered(regions):
    actions = regions.commands
    assert not actions.views[View.MEANS].isVisible()
    assert not actions.readings["objects"].isEnabled()
    assert actions.views[View.SOFT].isVisible()


def test_what_is_exported_is_what_the_planes_show(regions, tmp_path):
    workspace = regions.workspace
    exported = exported_regions(
        workspace.result.regions, workspace.labels, regions.volume.viewpoint.convention
    )
    choice = Choice(frozenset(("labels", "table", "masks")), (2,), 8)
    written = finish(exported.write(tmp_path, choice))
    names = {path.name for path in tmp_path.iterdir()}
    assert names == set(exported.names(choice))
    assert len(written) == 3
    values = np.asanyarray(nibabel.load(tmp_path / "phantom_dseg.nii.gz").dataobj)
    np.testing.assert_array_equal(values, workspace.result.regions.label_map)
    mask = np.asanyarray(nibabel.load(tmp_path / "phantom_label-Region2_mask.nii.gz").dataobj)
    np.testing.assert_array_equal(mask, values == 2)


def test_names_follow_while_detail_changes_and_other_jobs_keep_theirs(regions):
    workspace = regions.workspace
    from dataclasses import replace

    workspace.set_label(replace(workspace.labels[1], name="Skin"), "Rename Region 2")
    workspace.set_recipe("Change detail", n_regions=7)
    assert workspace.labels[1].name == "Skin"
    regions.commands.jobs[Job.TISSUE].trigger()
    assert workspace.labels_of(Job.REGIONS)[1].name == "Skin"
    assert workspace.labels == workspace.labels_of(Job.TISSUE)
    workspace.undo()
    assert workspace.job is Job.REGIONS


def test_a_fit_can_be_cancelled(volume, qtbot):
    workspace = volume.workspace
    workspace.cancel()
    volume.commands.jobs[Job.REGIONS].trigger()
    assert workspace.fitter.runner.is_busy
    workspace.cancel()
    assert not workspace.fitter.runner.is_busy
    assert workspace.result is None
    assert volume.volume.message.isVisible()


def test_the_sheet_tells_what_keys_do_in_a_volume(regions):
    regions.commands.shortcuts.trigger()
    (sheet,) = regions.findChildren(ShortcutSheet)
    texts = [label.text() for label in sheet.findChildren(QLabel)]
    for missing in ("Mean colors", "Objects", "Remove Objects", "Refine Edge", "Cut-out"):
        assert missing not in texts
    for group in sheet.groups:
        keys = [key for _, key in group[1]]
        assert len(keys) == len(set(keys)), group
    assert ("Soft", "Shift+S") in dict(sheet.groups)["Regions"]
    assert ("Soft", "Shift+S") in dict(sheet.groups)["Tissue"]
    assert sheet.height() < regions.height()
    assert sheet.sizeHint().width() < 1000
    sheet.reject()


def test_document_result_and_job_agree_whoever_is_told_of_another_image(regions, photo, qtbot):
    workspace, agreed = regions.workspace, []

    def look(*_):
        image, result = workspace.document.image, workspace.result
        is_of_image = result is None or result.regions.image is image
        agreed.append(is_of_image and workspace.job in jobs_of(image))

    regions.status._place = (50, 79)  # of a picture before, beyond the volume's grid
    for told in (
        workspace.about_to_open, workspace.opened, workspace.job_changed, workspace.look_changed,
        workspace.document_changed, workspace.segmented, workspace.cutter.changed,
        workspace.cutter.ready_changed, workspace.tissue.found,
    ):  # fmt: skip
        told.connect(look)
    with qtbot.waitSignal(workspace.document_changed):
        regions.open_path(str(photo))
    assert len(agreed) > 5
    assert all(agreed)


def test_what_has_nothing_to_show_yet_is_not_there(volume, qtbot):
    volume.workspace.set_job(Job.REGIONS)
    titles = volume.volume._sections[Job.REGIONS]
    assert titles["Model"].isVisible()
    assert not titles["Labels"].isVisible()
    assert not titles["Fit"].isVisible()
    qtbot.waitUntil(lambda: volume.workspace.result_is_current)
    assert titles["Labels"].isVisible()
    assert titles["Fit"].isVisible()
