from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest
from PIL import Image as PillowImage

from segmenter.export.slices import write_slices
from segmenter.gui.volume.slicing import Convention, Plane, slicing_of
from segmenter.images.image import Image
from segmenter.work import finish
from tests.phantom import head_phantom

CODES = [
    "".join(axes[i][side] for i, side in enumerate(sides))
    for axes in permutations(("RL", "AP", "SI"))
    for sides in product((0, 1), repeat=3)
]
SPACING = (4.0, 5.0, 8.0)


def pictures(image, convention):
    slicings = [slicing_of(image, plane, convention) for plane in Plane]
    return [
        [each.cut(image.pixels[..., 0], index) for index in range(each.n_slices)]
        for each in slicings
    ], [(each.spacing, each.letters) for each in slicings]


@pytest.fixture(scope="module")
def upright():
    return pictures(head_phantom(SPACING).image, Convention.RADIOLOGICAL)


@pytest.mark.parametrize("codes", CODES)
def test_all_48_orientations_give_the_same_pictures(codes, upright):
    shown = pictures(head_phantom(SPACING, codes).image, Convention.RADIOLOGICAL)
    assert all(
        np.array_equal(one, other)
        for ours, theirs in zip(shown[0], upright[0], strict=True)
        for one, other in zip(ours, theirs, strict=True)
    )
    assert [letters for _, letters in shown[1]] == [letters for _, letters in upright[1]]
    for (spacing, _), (wanted, _) in zip(shown[1], upright[1], strict=True):
        assert spacing == pytest.approx(wanted)


def marked(codes="RAS"):
    """Return a volume with a voxel marked at the right, the front and the top."""
    phantom = head_phantom((8.0, 8.0, 8.0), codes).image
    return Image(np.zeros_like(phantom.pixels), "gray", affine=phantom.affine)


@pytest.mark.parametrize("codes", ["RAS", "LPI", "PSR", "IRA"])
@pytest.mark.parametrize("convention", Convention)
@pytest.mark.parametrize("plane", Plane)
def test_letters_say_where_the_screen_edges_are_in_the_patient(codes, convention, plane):
    image = marked(codes)
    slicing = slicing_of(image, plane, convention)
    rows, columns = slicing.shape
    directions = {"R": (0, 1), "L": (0, -1), "A": (1, 1), "P": (1, -1), "S": (2, 1), "I": (2, -1)}
    middle = (rows // 2, columns // 2)
    ends = [(middle[0], 0), (middle[0], columns - 1), (0, middle[1]), (rows - 1, middle[1])]
    center = np.array(slicing.voxel_at(*middle, 3))
    for letter, (row, column) in zip(slicing.letters, ends, strict=True):
        step = image.affine[:3, :3] @ (np.array(slicing.voxel_at(row, column, 3)) - center)
        axis, sign = directions[letter]
        assert np.abs(step).argmax() == axis
        assert np.sign(step[axis]) == sign


def test_the_patients_left_is_at_the_right_in_the_radiological_convention():
    radiological = slicing_of(marked(), Plane.AXIAL, Convention.RADIOLOGICAL)
    neurological = slicing_of(marked(), Plane.AXIAL, Convention.NEUROLOGICAL)
    assert radiological.letters == ("R", "L", "A", "P")
    assert neurological.letters == ("L", "R", "A", "P")
    for convention, letters in zip(Convention, ("APSI", "PASI"), strict=True):
        assert slicing_of(marked(), Plane.SAGITTAL, convention).letters == tuple(letters)


@pytest.mark.parametrize("codes", ["RAS", "LPI", "ASR", "SLP"])
@pytest.mark.parametrize("plane", Plane)
def test_voxels_and_places_on_screen_go_to_and_fro(codes, plane):
    image = head_phantom(SPACING, codes).image
    values = np.arange(np.prod(image.grid)).reshape(image.grid)
    slicing = slicing_of(image, plane, Convention.RADIOLOGICAL)
    random = np.random.default_rng(1)
    for _ in range(20):
        voxel = tuple(int(random.integers(side)) for side in image.grid)
        row, column, index = slicing.place_of(voxel)
        assert slicing.voxel_at(row, column, index) == voxel
        assert slicing.cut(values, index)[row, column] == values[voxel]


def test_places_beyond_the_edge_stand_for_the_edge():
    slicing = slicing_of(marked(), Plane.CORONAL, Convention.RADIOLOGICAL)
    columns = slicing.shape[1]
    assert slicing.voxel_at(-5, columns + 9, 2) == slicing.voxel_at(0, columns - 1, 2)


@pytest.mark.parametrize("turn", [-40.0, -20.0, 20.0, 40.0])
def test_oblique_grids_are_seen_along_their_nearest_axes(turn):
    straight = slicing_of(head_phantom(SPACING, "LPI").image, Plane.AXIAL, Convention.RADIOLOGICAL)
    oblique = slicing_of(
        head_phantom(SPACING, "LPI", turn=turn).image, Plane.AXIAL, Convention.RADIOLOGICAL
    )
    assert replace(oblique, spacing=straight.spacing) == straight
    assert oblique.spacing == pytest.approx(straight.spacing)


def test_a_volume_without_affine_has_its_spacing():
    image = Image(np.zeros((3, 4, 5, 1), np.uint8), "gray", spacing=(1.0, 2.0, 3.0))
    assert slicing_of(image, Plane.AXIAL, Convention.NEUROLOGICAL).spacing == (1.0, 2.0, 3.0)


@pytest.mark.parametrize("codes", ["LAS", "PIR"])
@pytest.mark.parametrize("convention", Convention)
@pytest.mark.parametrize("plane", Plane)
def test_exported_slices_are_what_the_screen_shows(codes, convention, plane, tmp_path):
    phantom = head_phantom((12.0, 10.0, 14.0), codes)
    slicing = slicing_of(phantom.image, plane, convention)
    name, seen = plane.value.lower(), convention.value.lower()
    finish(write_slices(tmp_path, "head", phantom.tissues, phantom.image, name, seen))
    for index in range(slicing.n_slices):
        picture = PillowImage.open(tmp_path / f"head_{name}_{index + 1:03d}.png")
        assert np.array_equal(np.asarray(picture), slicing.cut(phantom.tissues, index))
