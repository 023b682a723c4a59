from __future__ import annotations

import numpy as np
import pytest

import segmenter
from segmenter.errors import ParameterError
from segmenter.images.image import Image
from segmenter.images.slice import filled_slice
from segmenter.segment.foreground.solid.growing import growth_of
from segmenter.segment.foreground.solid.segment import segment_solid_steps
from tests.phantom import WHITE, head_phantom

BALLS = ((14, 16, 10), 7.0), ((34, 30, 14), 5.0)
"""Middle and radius in smallest sides of a voxel."""


def balls(spacing: tuple[float, float, float] = (1.0, 1.0, 1.5)) -> tuple[Image, list]:
    """Two bright balls apart from each other in noise, and where each of them is."""
    places = np.indices((48, 46, 26)).transpose(1, 2, 3, 0) * np.array(spacing)
    inside = [
        np.linalg.norm(places - np.multiply(middle, spacing), axis=-1) < radius
        for middle, radius in BALLS
    ]
    values = 40.0 + 60 * np.logical_or(*inside)
    values += np.random.default_rng(0).normal(0, 6, values.shape)
    return Image(values[..., None].astype(np.float32), "gray", spacing=spacing), inside


def overlap(mask: np.ndarray, truth: np.ndarray) -> float:
    return float((mask & truth).sum() / (mask | truth).sum())


def test_a_click_finds_one_of_two_and_another_adds_the_other() -> None:
    image, (one, other) = balls()
    first = segmenter.segment_foreground(image, foreground=[BALLS[0][0]])
    assert overlap(first.mask, one) > 0.9
    points = [BALLS[0][0], BALLS[1][0]]
    both = segmenter.segment_foreground(image, foreground=points, previous=first)
    assert overlap(both.mask, one | other) > 0.9


def test_a_click_against_the_object_takes_its_surroundings_away() -> None:
    image, (one, other) = balls()
    points = [BALLS[0][0], BALLS[1][0]]
    both = segmenter.segment_foreground(image, foreground=points)
    less = segmenter.segment_foreground(
        image, foreground=points, background=[(19, 16, 10)], previous=both
    )
    assert not less.mask[19, 16, 10]
    assert not (less.mask & ~both.mask).any()
    np.testing.assert_array_equal(less.mask & other, both.mask & other)
    assert 0.03 < (both.mask & ~less.mask).sum() / one.sum() < 0.5


def test_a_click_beside_the_outline_mends_the_outline_only() -> None:
    image, (one, _) = balls()
    first = segmenter.segment_foreground(image, foreground=[BALLS[0][0]])
    beside = segmenter.segment_foreground(
        image, foreground=[BALLS[0][0], (22, 16, 10)], previous=first
    )
    assert beside.mask[22, 16, 10]
    assert not (first.mask & ~beside.mask).any()
    assert (beside.mask & ~first.mask).sum() < 0.2 * one.sum()


@pytest.mark.parametrize("radius", [1.1, 1.5, 3.0])
def test_a_click_on_a_second_blob_adds_it_alone_however_small(radius: float) -> None:
    places = np.indices((48, 46, 26)).transpose(1, 2, 3, 0)
    one = np.linalg.norm(places - (14, 12, 12), axis=-1) < 6
    other = np.linalg.norm(places - (34, 33, 13), axis=-1) < radius
    values = np.where(places[..., 1] < 22, 30.0, 75.0)  # the second lies in other tissue
    values[one | other] = 110
    values += np.random.default_rng(0).normal(0, 5, values.shape)
    image = Image(values[..., None].astype(np.float32), "gray")
    points = [(14, 12, 12), (34, 33, 13)]
    first = segmenter.segment_foreground(image, foreground=points[:1])
    both = segmenter.segment_foreground(image, foreground=points, previous=first)
    added = both.mask & ~first.mask
    assert (added & other).sum() > 0.5 * other.sum()
    assert (added & ~other).sum() < 0.1 * one.sum()
    assert abs(overlap(both.mask & ~other, one) - overlap(first.mask, one)) < 0.01


def test_a_click_at_the_edge_of_a_small_object_does_it_no_harm() -> None:
    image, (_, other) = balls((2.0, 2.0, 2.0))
    first = segmenter.segment_foreground(image, foreground=[BALLS[1][0]])
    for side in (-1, 1):
        edge = (BALLS[1][0][0] + side * 4, *BALLS[1][0][1:])
        result = segmenter.segment_foreground(
            image,
            foreground=[BALLS[1][0]] + [edge] * (not first.mask[edge]),
            background=[edge] * bool(first.mask[edge]),
            previous=first,
        )
        assert result.mask[edge] != first.mask[edge]
        assert (result.mask != first.mask).sum() < 0.1 * other.sum()


def test_a_box_holds_the_object() -> None:
    image, (one, _) = balls()
    result = segmenter.segment_foreground(image, (6, 8, 4, 22, 24, 16))
    assert overlap(result.mask, one) > 0.85
    outside = result.mask.copy()
    outside[6:23, 8:25, 4:17] = False
    assert not outside.any()


def test_a_box_around_all_and_a_flat_volume_are_sensible() -> None:
    image, (one, other) = balls()
    whole = (0, 0, 0, *(side - 1 for side in image.grid))
    result = segmenter.segment_foreground(image, whole)
    assert overlap(result.mask, one | other) > 0.9
    flat = Image(np.zeros((9, 8, 7, 1), np.uint8), "gray")
    assert segmenter.segment_foreground(flat, (0, 0, 0, 8, 7, 6)).mask.shape == (9, 8, 7)


def test_strokes_are_obeyed() -> None:
    image, (one, _) = balls()
    hints = np.zeros(image.grid, np.int8)
    hints[11:17, 16, 10] = 1
    hints[19:21, 14:18, 8:12] = -1
    result = segmenter.segment_foreground(image, hints=hints)
    assert overlap(result.mask & (hints >= 0), one & (hints >= 0)) > 0.6
    assert result.mask[hints > 0].all()
    assert not result.mask[hints < 0].any()


def test_a_click_and_its_previous_result_give_what_both_clicks_give_at_once() -> None:
    image, _ = balls()
    points = [BALLS[0][0], BALLS[1][0]]
    at_once = segmenter.segment_foreground(image, foreground=points)
    first = segmenter.segment_foreground(image, foreground=points[:1])
    then = segmenter.segment_foreground(image, foreground=points, previous=first)
    np.testing.assert_array_equal(at_once.mask, then.mask)


def test_probability_agrees_with_the_mask() -> None:
    image, _ = balls()
    result = segmenter.segment_foreground(image, foreground=[BALLS[0][0]])
    np.testing.assert_array_equal(result.probability >= 0.5, result.mask)
    assert result.probability.dtype == np.float32


def test_a_larger_volume_is_decided_at_its_own_voxels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segmenter.segment.partition.working.N_VOXELS", 9_000)
    image, (one, _) = balls()
    result = segmenter.segment_foreground(image, foreground=[BALLS[0][0]])
    assert result.view.grid != image.grid
    assert overlap(result.mask, one) > 0.85
    np.testing.assert_array_equal(result.probability >= 0.5, result.mask)


def test_thick_slices_cost_as_much_outline_as_they_have() -> None:
    thin, thick = (balls((1.0, 1.0, side)) for side in (1.0, 3.0))
    for image, (one, _) in (thin, thick):
        result = segmenter.segment_foreground(image, foreground=[BALLS[0][0]])
        assert overlap(result.mask, one) > 0.85


def test_missing_voxels_take_no_part() -> None:
    image, _ = balls()
    missing = np.zeros(image.grid, bool)
    missing[:12] = True
    holed = Image(image.pixels, "gray", missing=missing, spacing=image.spacing)
    result = segmenter.segment_foreground(holed, foreground=[BALLS[0][0]])
    assert result.mask.any()
    assert not result.mask[missing].any()


def test_white_matter_of_a_head() -> None:
    phantom = head_phantom((4.0, 4.0, 5.0), "LPS")
    deep = np.argwhere(phantom.tissues == WHITE)
    middle = deep[np.abs(deep - deep.mean(axis=0) - (8, 0, 0)).sum(axis=1).argmin()]
    result = segmenter.segment_foreground(phantom.image, foreground=[tuple(middle)])
    truth = phantom.tissues == WHITE
    assert 2 * (result.mask & truth).sum() / (result.mask.sum() + truth.sum()) > 0.75


def test_a_slice_of_a_volume_is_a_picture() -> None:
    image, (one, _) = balls()
    flat = segmenter.slice_of(image, "z", 10)
    result = segmenter.segment_foreground(flat, foreground=[(14, 16)])
    placed = filled_slice(image, "z", 10, result.mask)
    assert placed.shape == image.grid
    assert overlap(placed[..., 10], one[..., 10]) > 0.85
    assert not np.delete(placed, 10, axis=2).any()
    across = segmenter.slice_of(image, "x", 14)
    np.testing.assert_array_equal(across.pixels[10, 16], image.pixels[14, 16, 10])
    assert across.spacing == (1.5, 1.0)


def around(middle: tuple[int, ...], radius: float, through: int) -> list[tuple[float, ...]]:
    """Corners of a line around a place on its slice across an axis."""
    turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    corners = np.tile(np.array(middle, float), (len(turns), 1))
    aside = [axis for axis in range(3) if axis != through]
    corners[:, aside] += radius * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    return [tuple(map(float, corner)) for corner in corners]


@pytest.mark.parametrize("through", [0, 1, 2])
def test_a_lasso_on_any_slice_finds_what_is_in_it(through: int) -> None:
    image, (one, other) = balls()
    lasso = around(BALLS[0][0], 9.5, through)
    found = segmenter.segment_foreground(image, lasso=lasso)
    assert overlap(found.mask, one) > 0.75
    assert not (found.mask & other).any()


def test_nothing_outside_of_a_lasso_and_the_slices_of_its_box_is_object() -> None:
    image, _ = balls()
    half = [(7.0, 7.0, 10.0), (14.0, 7.0, 10.0), (14.0, 25.0, 10.0), (7.0, 25.0, 10.0)]
    box = (5, 5, 6, 30, 30, 12)
    found = segmenter.segment_foreground(image, box, lasso=half)
    places = np.argwhere(found.mask)
    assert len(places) > 100
    assert places.min(axis=0)[2] >= 6
    assert places.max(axis=0)[2] <= 12
    assert places.max(axis=0)[0] <= 14
    added = segmenter.segment_foreground(
        image, box, foreground=[(13, 16, 10)], lasso=half, previous=found
    )
    assert added.mask[13, 16, 10]
    assert np.argwhere(added.mask).max(axis=0)[0] <= 14


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Nothing says"),
        ({"foreground": [(3, 4)]}, "three numbers, x,y,z, not 3,4"),
        ({"foreground": [(3, 4, 99)]}, "outside of the image, which is 48 x 46 x 26 voxels"),
        ({"box": (1, 2, 5, 6)}, "six numbers"),
        ({"box": (5, 5, 5, 5, 9, 9)}, "no area"),
        ({"background": [(3, 4, 5)]}, "Only background"),
        ({"foreground": [(3, 4, 5)], "background": [(3, 4, 5)]}, "both"),
        ({"hints": np.ones((3, 4), np.int8)}, r"strokes are of shape \(3, 4\)"),
        ({"hints": np.ones((3, 4, 5), np.int8)}, "strokes are 3 x 4 x 5 voxels"),
        ({"lasso": [(1, 1), (9, 1), (5, 9)]}, "three numbers each, x, y and z"),
        ({"lasso": [(1, 1, 3), (9, 1, 3), (5, 9, 4)]}, "lies in one slice"),
        ({"lasso": [(1, 1, 3), (9, 1, 3), (5, 1, 3)]}, "no area"),
        ({"lasso": [(1, 1, 99), (9, 1, 99), (5, 9, 99)]}, "which is 48 x 46 x 26 voxels"),
    ],
    ids=lambda value: str(list(value)) if isinstance(value, dict) else "",
)
def test_bad_input_is_one_sentence(said: dict, words: str) -> None:
    image, _ = balls()
    with pytest.raises(ParameterError, match=words):
        segmenter.segment_foreground(image, **said)


@pytest.mark.parametrize(("axis", "index"), [("w", 3), ("z", 26), ("z", -1)])
def test_slices_that_are_not_there_are_refused(axis: str, index: int) -> None:
    image, _ = balls()
    with pytest.raises(ParameterError):
        segmenter.slice_of(image, axis, index)


def test_a_region_stops_at_the_first_edge() -> None:
    colors = np.full((30, 30, 30), 0.1, np.float32)
    colors[5:25, 5:25, 5:25] = 0.4
    colors[10:20, 10:20, 10:20] = 0.8
    colors += np.random.default_rng(0).normal(0, 0.01, colors.shape).astype(np.float32)
    touched = np.zeros(colors.shape, bool)
    touched[15, 15, 15] = True
    allowed = np.ones(colors.shape, bool)
    region = growth_of(colors[..., None], touched, allowed, (1, 1, 1), 20_000).region
    inner = np.zeros(colors.shape, bool)
    inner[10:20, 10:20, 10:20] = True
    assert overlap(region, inner) > 0.98


def test_it_can_be_stopped_between_two_reports() -> None:
    image, _ = balls()
    work = segment_solid_steps(image, foreground=[BALLS[0][0]])
    assert sum(1 for _ in work) > 5
    work = segment_solid_steps(image, foreground=[BALLS[0][0]])
    next(work)
    work.close()


def test_a_region_ends_before_it_leaks_into_its_surroundings() -> None:
    """The noisy ball is joined to a large part of like color by a thin thread."""
    places = np.indices((40, 40, 40)).transpose(1, 2, 3, 0)
    ball = np.linalg.norm(places - (20, 20, 12), axis=-1) < 6
    colors = np.full(ball.shape, 0.2, np.float32)
    colors[ball] = 0.5
    colors[20, 20, 12:30] = 0.47
    colors[:, :, 30:] = 0.55
    colors += np.random.default_rng(0).normal(0, 0.02, ball.shape).astype(np.float32)
    touched = np.zeros(ball.shape, bool)
    touched[20, 20, 12] = True
    growth = growth_of(colors[..., None], touched, np.ones(ball.shape, bool), (1, 1, 1), 32_000)
    assert growth.is_distinct
    assert overlap(growth.region, ball) > 0.9


def test_what_is_far_from_a_further_click_stays_to_the_voxel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("segmenter.segment.partition.working.N_VOXELS", 20_000)
    image, _ = balls()
    first = segmenter.segment_foreground(image, foreground=[BALLS[0][0]])
    assert first.view.grid != image.grid
    points = [BALLS[0][0], BALLS[1][0]]
    both = segmenter.segment_foreground(image, foreground=points, previous=first)
    far = np.indices(image.grid)[0] < 24  # the second ball begins at 29
    assert both.mask[BALLS[1][0]]
    np.testing.assert_array_equal(both.mask[far], first.mask[far])


def test_further_touches_choose_among_the_regions_of_the_first() -> None:
    places = np.indices((48, 48, 48)).transpose(1, 2, 3, 0)
    away = np.linalg.norm(places - 24, axis=-1)
    colors = np.where(away < 9, 0.9, np.where(away < 18, 0.6, 0.1)).astype(np.float32)
    colors += np.random.default_rng(0).normal(0, 0.03, colors.shape).astype(np.float32)
    touched, gray = np.zeros((2, *colors.shape), bool)
    touched[24, 24, 24] = gray[24, 24, 38] = True
    growth = growth_of(colors[..., None], touched, np.ones(colors.shape, bool), (1, 1, 1), 60_000)
    without, held = (
        growth.between(touched, gray),
        growth.between(touched | gray, np.zeros_like(gray)),
    )
    assert overlap(without.region, away < 9) > 0.95
    assert overlap(held.region, away < 18) > 0.95
    assert not growth.between(gray, touched).is_distinct
