import numpy as np
import pytest

from segmenter.errors import ParameterError
from segmenter.images.image import Image
from segmenter.segment.foreground import (
    prepare_foreground,
    segment_foreground,
    segment_foreground_steps,
)

CENTER = (96, 60)  # of the scene's disk, as x, y


@pytest.fixture(scope="module")
def prepared(scene):
    return prepare_foreground(scene.image)


def test_one_click_cuts_the_object_out(scene, prepared):
    result = segment_foreground(prepared, foreground=[CENTER])
    assert scene.iou(result.mask) > 0.97
    assert result.mask.shape == scene.image.grid
    np.testing.assert_array_equal(result.label_map, result.mask)


def test_a_click_off_the_middle_finds_the_same_object(scene, prepared):
    result = segment_foreground(prepared, foreground=[(80, 75)])
    assert scene.iou(result.mask) > 0.95


def test_a_box_cuts_the_object_out(scene, prepared):
    rows, columns = np.nonzero(scene.truth)
    box = (columns.min(), rows.min(), columns.max(), rows.max())
    result = segment_foreground(prepared, box)
    assert scene.iou(result.mask) > 0.97
    outside = np.ones_like(result.mask)
    outside[box[1] : box[3] + 1, box[0] : box[2] + 1] = False
    assert not (result.mask & outside).any()


def test_a_click_changes_its_pixel_and_leaves_what_is_far(scene, prepared):
    first = segment_foreground(prepared, foreground=[CENTER])
    away = (10, 100)
    second = segment_foreground(prepared, foreground=[CENTER, away], previous=first)
    assert second.mask[away[1], away[0]]
    assert second.mask[60, 96]
    taken = segment_foreground(
        prepared, foreground=[CENTER, away], background=[(96, 62)], previous=second
    )
    assert not taken.mask[62, 96]
    assert taken.mask[away[1], away[0]]


def test_a_box_holds_after_clicks_and_a_click_outside_of_it_has_the_word(scene, prepared):
    box = (50, 20, 100, 100)
    result = segment_foreground(prepared, box)
    inside = [(70, 40), (70, 80), (90, 60), (80, 30)]
    result = segment_foreground(prepared, box, inside, previous=result)
    assert not result.mask[:, 104:].any()
    result = segment_foreground(prepared, box, [*inside, (115, 60)], previous=result)
    assert result.mask[60, 115]


def test_going_on_from_a_result_equals_starting_anew(prepared):
    first = segment_foreground(prepared, foreground=[CENTER])
    on = segment_foreground(prepared, foreground=[CENTER], background=[(20, 20)], previous=first)
    anew = segment_foreground(prepared, foreground=[CENTER], background=[(20, 20)])
    np.testing.assert_array_equal(on.mask, anew.mask)
    undone = segment_foreground(prepared, foreground=[CENTER], previous=on)
    np.testing.assert_array_equal(undone.mask, first.mask)


def test_strokes_alone_cut_the_object_out(scene, prepared):
    hints = np.zeros(scene.image.grid, np.int8)
    hints[60, 80:112] = 1
    hints[5, 5:150] = -1
    result = segment_foreground(prepared, hints=hints)
    assert scene.iou(result.mask) > 0.95
    assert result.mask[hints == 1].all()
    assert not result.mask[hints == -1].any()


def test_background_strokes_around_an_area_cut_out_what_is_in_it(scene, prepared):
    hints = np.full(scene.image.grid, -1, np.int8)
    rows, columns = np.nonzero(scene.truth)
    hints[rows.min() - 3 : rows.max() + 4, columns.min() - 3 : columns.max() + 4] = 0
    result = segment_foreground(prepared, hints=hints)
    assert scene.iou(result.mask) > 0.95


def test_the_outline_is_decided_at_full_size(large_scene):
    result = segment_foreground(large_scene.image, foreground=[(336, 210)])
    assert result.mask.size > 4 * result.cut.inside.size
    # A disk of radius 118 has 740 pixels along its outline: most of them must be right.
    assert (result.mask != large_scene.truth).sum() < 150


def test_steps_report_and_stop(scene):
    work = segment_foreground_steps(scene.image, foreground=[CENTER])
    fractions = [next(work).fraction for _ in range(4)]
    work.close()
    assert fractions == sorted(fractions)


@pytest.mark.parametrize(
    ("guidance", "said"),
    [
        ({}, "Nothing says"),
        ({"foreground": [(500, 3)]}, "outside of the image"),
        ({"foreground": [(float("nan"), 3)]}, "two numbers"),
        ({"background": [(5, 5)]}, "Only background"),
        ({"foreground": [(5, 5)], "background": [(5, 5)]}, "both as object and"),
        ({"box": (10, 10, 10, 40)}, "no area"),
        ({"box": (900, 10, 950, 40)}, "outside of the image"),
        ({"box": (1, 2, 3)}, "four numbers"),
        ({"hints": np.zeros((3, 3), np.int8)}, "3 x 3 pixels"),
        ({"hints": np.zeros((120, 160), np.int8)}, "empty"),
        ({"hints": np.full((120, 160), 5)}, "1 for object"),
        ({"hints": np.full((120, 160), -1)}, "Only background"),
        ({"hints": np.full((120, 160), 1), "background": [(5, 5)]}, "contradict"),
    ],
)
def test_wrong_guidance_is_told_in_a_sentence(prepared, guidance, said):
    with pytest.raises(ParameterError, match=said):
        segment_foreground(prepared, **guidance)


def test_a_volume_is_not_prepared_as_a_picture():
    volume = Image(np.zeros((4, 5, 6, 1), np.uint8), "gray")
    with pytest.raises(ParameterError, match="choose a slice"):
        prepare_foreground(volume)


def test_an_image_without_visible_pixels_is_told_in_a_sentence():
    image = Image(np.zeros((8, 8, 3), np.uint8), "rgb", np.zeros((8, 8), np.uint8))
    with pytest.raises(ParameterError, match="no visible pixel"):
        segment_foreground(image, foreground=[(1, 1)])


def test_hints_of_one_side_or_a_box_of_everything_have_a_sensible_result(scene, prepared):
    everything = segment_foreground(prepared, hints=np.ones(scene.image.grid, np.int8))
    assert everything.mask.all()
    assert scene.iou(segment_foreground(prepared, (0, 0, 159, 119)).mask) > 0.9


@pytest.mark.parametrize("grid", [(1, 1), (1, 40), (2, 2), (16, 16), (3, 200)])
def test_tiny_and_flat_images_do_not_crash(grid):
    flat = Image(np.full((*grid, 3), 90, np.uint8), "rgb")
    point = (grid[1] // 2, grid[0] // 2)
    assert segment_foreground(flat, foreground=[point]).mask[point[1], point[0]]
    if min(grid) > 1:
        box = (0, 0, grid[1] - 1, grid[0] - 1)
        assert segment_foreground(flat, box).mask.shape == grid


def as_gray(pixels):
    return pixels.mean(-1, keepdims=True)


@pytest.mark.parametrize(
    ("convert", "space"),
    [
        (lambda p: (as_gray(p) * 257).astype(np.uint16), "gray"),
        (lambda p: as_gray(p).astype(np.float32) * 1e-3 - 5, "gray"),
        (lambda p: p.astype(np.uint16) * 257, "rgb"),
        (lambda p: (p / 255).astype(np.float32), "rgb"),
        (lambda p: np.concatenate([p, p[..., ::-1] // 2, p[..., :1]], -1), "channels"),
    ],
    ids=["gray16", "float", "rgb16", "rgb float", "seven channels"],
)
def test_any_kind_of_image_is_cut(scene, convert, space):
    image = Image(convert(scene.image.pixels), space)
    rows, columns = np.nonzero(scene.truth)
    box = (columns.min(), rows.min(), columns.max(), rows.max())
    assert scene.iou(segment_foreground(image, box).mask) > 0.9


def test_transparent_pixels_are_never_object(scene):
    alpha = np.full(scene.image.grid, 255, np.uint8)
    alpha[:, 100:] = 0
    image = Image(scene.image.pixels.copy(), "rgb", alpha)
    mask = segment_foreground(image, foreground=[(85, 60)]).mask
    assert not mask[:, 100:].any()
    assert (mask & scene.truth)[:, :100].sum() > 0.9 * scene.truth[:, :100].sum()


@pytest.mark.parametrize("kind", ["transparent", "without a value"])
def test_a_click_where_nothing_is_seen_is_one_sentence(scene, kind):
    hidden = np.zeros(scene.image.grid, bool)
    hidden[:, 100:] = True
    pixels = scene.image.pixels.copy()
    if kind == "transparent":
        image = Image(pixels, "rgb", np.where(hidden, 0, 255).astype(np.uint8))
    else:
        image = Image(pixels.astype(np.float32) / 255, "rgb", missing=hidden)
    with pytest.raises(ParameterError, match=f"nothing to cut out at 120,60, which is {kind}"):
        segment_foreground(image, foreground=[(85, 60), (120, 60)])
    cut = segment_foreground(image, foreground=[(85, 60)], background=[(120, 60)])
    assert cut.mask[60, 85]  # there is nothing to take away either, but no harm in it


@pytest.mark.parametrize("off", [(420, 200), (10, 10), (300, 266), (350, 200)])
def test_a_click_against_the_object_adds_nothing_where_no_color_tells(off):
    image = prepare_foreground(Image(np.full((400, 600, 3), 120, np.uint8), "rgb"))
    first = segment_foreground(image, foreground=[(300, 200)])
    less = segment_foreground(image, foreground=[(300, 200)], background=[off], previous=first)
    assert first.mask.any()
    assert not (less.mask & ~first.mask).any()
    assert not less.mask[off[::-1]]
