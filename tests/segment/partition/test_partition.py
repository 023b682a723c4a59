from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

import segmenter
from segmenter.errors import ParameterError
from segmenter.images.image import Image
from segmenter.segment.partition.adjacency import adjacency_of
from segmenter.segment.partition.evidence import Evidence
from segmenter.segment.partition.islands import join_islands
from segmenter.segment.partition.native import gathered_labels
from segmenter.segment.parts import Parts, cut_parts
from segmenter.segment.recipe import RegionsRecipe


@pytest.fixture
def parts(quarters: Image) -> Parts:
    return segmenter.segment_regions(quarters, reading="regions")


def test_connected_parts_of_one_color_are_apart(parts: Parts) -> None:
    four = cut_parts(parts.partition, replace(parts.recipe, n_regions=4))
    corners = [four.label_map[y, x] for y in (5, 58) for x in (5, 90)]
    assert sorted(corners) == [1, 2, 3, 4]
    inside = four.label_map[4:28, 4:44]
    assert (inside == inside[0, 0]).mean() > 0.99


def test_detail_goes_from_one_part_to_superpixels_and_cuts_are_nested(parts: Parts) -> None:
    cuts = [cut_parts(parts.partition, replace(parts.recipe, detail=d)) for d in (0, 0.3, 0.7, 1)]
    counts = [cut.n_labels for cut in cuts]
    assert counts[0] == 1
    assert counts[-1] == parts.partition.tree.n_leaves
    assert counts == sorted(counts)
    for coarse, fine in pairwise(cuts):
        pairs = {(int(a), int(b)) for a, b in zip(fine.owner, coarse.owner, strict=True)}
        assert len(pairs) == fine.n_labels


def test_the_first_label_is_the_largest_and_sizes_count_pixels(parts: Parts) -> None:
    counts = np.bincount(parts.label_map.ravel(), minlength=parts.n_labels + 1)[1:]
    assert (parts.sizes == counts).all()
    assert parts.sizes.argmax() == 0


def test_posteriors_sum_to_one_and_their_argmax_is_the_label(parts: Parts) -> None:
    posteriors = parts.posteriors
    np.testing.assert_allclose(posteriors.sum(-1), 1, atol=1e-5)
    assert (posteriors.argmax(-1) + 1 == parts.label_map).all()
    assert (parts.uncertainty >= 0).all()
    assert (parts.uncertainty <= 1).all()


def test_small_parts_join_a_neighbor(parts: Parts) -> None:
    fine = replace(parts.recipe, detail=0.9)
    assert cut_parts(parts.partition, fine).sizes.min() < 60
    absorbed = cut_parts(parts.partition, replace(fine, min_size=60))
    assert absorbed.sizes.min() >= 60
    assert absorbed.sizes.sum() == 64 * 96


def test_merged_and_split_by_hand(parts: Parts) -> None:
    four = replace(parts.recipe, n_regions=4)
    merge = ("merge", ((5, 5), (90, 58)))
    merged = cut_parts(parts.partition, replace(four, edits=(merge,)))
    assert merged.n_labels == 3
    assert merged.label_map[5, 5] == merged.label_map[58, 90]
    undone = cut_parts(parts.partition, replace(four, edits=(merge, ("split", ((5, 5),)))))
    assert undone.n_labels == 4
    assert undone.label_map[5, 5] != undone.label_map[58, 90]
    split = cut_parts(parts.partition, replace(four, edits=(("split", ((5, 5),)),)))
    assert split.n_labels == 5


def test_edits_outside_of_the_image_change_nothing(parts: Parts) -> None:
    edits = (("merge", ((5, 5), (-1, 3))), ("split", ((500, 0),)))
    edited = cut_parts(parts.partition, replace(parts.recipe, edits=edits))
    assert (edited.owner == parts.owner).all()


def test_recipes_survive_json_and_give_the_same_parts(parts: Parts) -> None:
    recipe = replace(parts.recipe, detail=0.6, min_size=9, edits=(("merge", ((5, 5), (90, 58))),))
    again = RegionsRecipe(**json.loads(json.dumps(recipe.as_dict())))
    assert again == recipe
    assert (
        cut_parts(parts.partition, again).owner == cut_parts(parts.partition, recipe).owner
    ).all()


@pytest.mark.parametrize(
    "wrong",
    [{"reading": "parts"}, {"detail": 1.5}, {"min_size": -1}, {"edits": (("cut", ()),)}],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        RegionsRecipe(**wrong)


def test_neighbors_are_those_that_touch(parts: Parts) -> None:
    four = cut_parts(parts.partition, replace(parts.recipe, n_regions=4))
    diagonal = {int(four.label_map[5, 5]), int(four.label_map[58, 90])}
    pairs = [set(pair) for pair in four.neighbors.tolist()]
    assert len(pairs) in (4, 5)  # around the point where all four meet, one diagonal may touch
    assert sum(pair == diagonal for pair in pairs) <= 1


def test_the_result_turns_with_the_image(quarters: Image, parts: Parts) -> None:
    turned = Image(np.ascontiguousarray(np.rot90(quarters.pixels)), "rgb")
    result = segmenter.segment_regions(turned, n_regions=4, reading="regions")
    four = cut_parts(parts.partition, replace(parts.recipe, n_regions=4))
    assert (np.rot90(four.label_map) == result.label_map).mean() > 0.97 or (
        _covering(np.rot90(four.label_map), result.label_map) > 0.95
    )


def _covering(first: np.ndarray, second: np.ndarray) -> float:
    total = 0.0
    for label in np.unique(first):
        mask = first == label
        overlaps = [
            (mask & (second == other)).sum() / (mask | (second == other)).sum()
            for other in np.unique(second[mask])
        ]
        total += mask.sum() * max(overlaps)
    return total / first.size


def test_large_images_keep_their_sharp_edges(quarters: Image) -> None:
    large = Image(np.kron(quarters.pixels, np.ones((12, 12, 1), np.uint8)), "rgb")
    four = segmenter.segment_regions(large, n_regions=4, reading="regions")
    assert four.label_map.shape == (768, 1152)
    truth = np.kron([[0, 1], [2, 3]], np.ones((384, 576), int))
    assert _covering(truth, four.label_map) > 0.98


def test_the_unit_of_values_does_not_matter_to_edges(quarters: Image) -> None:
    pixels = np.kron(quarters.pixels[..., :1], np.ones((12, 12, 1), np.float32))
    maps = [
        segmenter.segment_regions(
            Image(pixels * np.float32(unit), "gray"), n_regions=4, reading="regions"
        ).label_map
        for unit in (1, 2.0**-40)
    ]
    assert (maps[0] == maps[1]).mean() > 0.999


@pytest.mark.parametrize(("dtype", "n_channels"), [("u2", 1), ("f4", 2), ("i2", 5), ("f8", 1)])
def test_any_channels_and_dtype(dtype: str, n_channels: int) -> None:
    rng = np.random.default_rng(1)
    levels = np.where(np.arange(80) < 40, 20.0, 90.0)[None, :, None]
    pixels = (levels + rng.normal(0, 3, (60, 80, n_channels))).astype(dtype)
    color_space = "gray" if n_channels == 1 else "channels"
    result = segmenter.segment_regions(Image(pixels, color_space), 2, reading="regions")
    assert (result.label_map[:, :36] == result.label_map[0, 0]).mean() > 0.99
    assert (result.label_map[:, 44:] == result.label_map[0, 79]).mean() > 0.99


def test_a_volume_with_thick_slices() -> None:
    rng = np.random.default_rng(2)
    values = np.where(np.arange(30)[:, None, None] < 15, 10.0, 60.0) + rng.normal(
        0, 3, (30, 40, 12)
    )
    volume = Image(values[..., None].astype(np.float32), "gray", spacing=(1.0, 1.0, 3.0))
    result = segmenter.segment_regions(volume, 2, reading="regions")
    assert result.label_map.shape == (30, 40, 12)
    assert len(np.unique(result.label_map[:13])) == 1
    assert len(np.unique(result.label_map[17:])) == 1


def test_a_large_volume_is_followed_to_its_own_voxels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segmenter.segment.partition.working.N_VOXELS", 8_000)
    inside = np.linalg.norm(np.indices((40, 44, 36)).T - (20, 21, 17), axis=-1).T < 12.3
    values = np.where(inside, 80.0, 20.0) + np.random.default_rng(3).normal(0, 3, inside.shape)
    volume = Image(values[..., None].astype(np.float32), "gray")
    result = segmenter.segment_regions(volume, 2, reading="regions")
    assert result.partition.basins.size <= 9_000
    found = result.label_map == result.label_map[20, 21, 17]
    assert (found ^ inside).sum() < 0.01 * inside.sum()
    assert result.posteriors.shape == (*inside.shape, 2)


def test_faces_across_thick_slices_are_smaller() -> None:
    basins = np.zeros((4, 3, 2), np.int32)
    basins[2:] = 1  # shares a face of 3 x 2 cells
    apart = np.zeros((4, 3, 2), np.int32)
    apart[..., 1] = 1  # shares one of 4 x 3, across the slices
    boundaries = np.ones((1, 4, 3, 2), np.float32)
    evidence = Evidence(boundaries, 1, np.ones((24, 1), np.float32), boundaries, fit=None)  # type: ignore[arg-type]  # not looked at
    along = adjacency_of(basins, evidence, (1.0, 1.0, 5.0))
    across = adjacency_of(apart, evidence, (1.0, 1.0, 5.0))
    assert along.lengths.tolist() == [30.0]
    assert across.lengths.tolist() == [12.0]
    assert along.strengths.tolist() == [[30.0]]


def test_pixels_without_opacity_take_no_part(quarters: Image) -> None:
    alpha = np.full((64, 96), 255, np.uint8)
    alpha[:, 40:56] = 0
    result = segmenter.segment_regions(
        Image(quarters.pixels, "rgb", alpha=alpha), detail=0, reading="regions"
    )
    assert ((result.label_map == 0) == (alpha == 0)).all()
    assert result.n_labels == 2  # nothing connects the two sides
    assert (result.posteriors.sum(-1)[alpha == 0] == 0).all()


def test_an_image_without_visible_pixels_is_refused(quarters: Image) -> None:
    image = Image(quarters.pixels, "rgb", alpha=np.zeros((64, 96), np.uint8))
    with pytest.raises(ParameterError, match="no visible pixel"):
        segmenter.segment_regions(image, reading="regions")


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (7, 3), (40, 40)])
def test_flat_and_tiny_images_are_one_part(shape: tuple[int, int]) -> None:
    for n_channels, colors in ((3, "rgb"), (1, "gray")):
        image = Image(np.full((*shape, n_channels), 77, np.uint8), colors)
        result = segmenter.segment_regions(image, reading="regions")
        assert result.n_labels == 1
        assert (result.label_map == 1).all()


def test_parts_are_connected(parts: Parts) -> None:
    for label in range(1, parts.n_labels + 1):
        assert ndimage.label(parts.label_map == label)[1] == 1


@settings(max_examples=15, deadline=None)
@given(
    st.tuples(st.integers(20, 90), st.integers(20, 90)),
    st.integers(100, 1500),
    st.integers(0, 5),
    st.floats(0, 1),
    st.integers(0, 60),
)
def test_parts_are_connected_at_native_resolution(
    grid: tuple[int, int], n_cells: int, seed: int, detail: float, min_size: int
) -> None:
    rng = np.random.default_rng(seed)
    blocks = np.kron(rng.integers(0, 255, (6, 6, 3)), np.ones((15, 15, 1)))[: grid[0], : grid[1]]
    noisy = (blocks + rng.normal(0, 40, (*grid, 3))).clip(0, 255).astype(np.uint8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("segmenter.segment.partition.working.N_PIXELS", n_cells)
        parts = segmenter.segment_regions(
            Image(noisy, "rgb"), reading="regions", detail=detail, min_size=min_size
        )
    assert parts.partition.basins.size < 2 * n_cells
    assert set(np.unique(parts.label_map)) == set(range(1, parts.n_labels + 1))
    for label in range(1, parts.n_labels + 1):
        assert ndimage.label(parts.label_map == label)[1] == 1
    assert parts.n_labels == 1 or parts.sizes.min() >= min_size


@given(st.integers(0, 10_000))
def test_islands_join_what_is_around_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = rng.integers(1, 7, 3)
    labels = rng.integers(0, 3, shape).astype(np.int32)
    settled = np.zeros(shape, bool)
    for label in range(3):  # the largest piece of each
        pieces, n = ndimage.label(labels == label)
        if n:
            settled |= pieces == 1 + np.bincount(pieces.ravel())[1:].argmax()
    before, kept = labels.copy(), settled.copy()
    join_islands(labels, settled)
    assert settled.all()
    assert (labels == before)[kept].all()
    for label in np.unique(labels):
        assert ndimage.label(labels == label)[1] == 1


@given(st.lists(st.integers(0, 6), min_size=1, max_size=40))
def test_gathering_looks_up_every_pixel(leaves: list[int]) -> None:
    lookup = np.array([0, 5, 3, 1, 9, 2, 4], np.uint8)
    places = np.array(leaves, np.int32)
    assert (gathered_labels(places, lookup) == lookup[places]).all()


def test_regions_keep_their_numbers_while_others_are_divided(quarters: Image) -> None:
    partition = segmenter.segment_regions(quarters, reading="regions").partition
    most = partition.tree.n_leaves
    cuts = [cut_parts(partition, RegionsRecipe(n, reading="regions")) for n in range(1, most + 1)]
    for coarse, fine in pairwise(cuts):
        assert fine.n_labels == coarse.n_labels + 1
        divided = fine.label_map == fine.n_labels  # the smaller half of one region
        kept = ~divided
        assert (fine.label_map[kept] == coarse.label_map[kept]).all()
        (parent,) = np.unique(coarse.label_map[divided])
        assert divided.sum() <= (fine.label_map == parent).sum()


def test_a_key_outlives_what_hands_merge(quarters: Image) -> None:
    parts = segmenter.segment_regions(quarters, 6, reading="regions")
    assert parts.keys == (1, 2, 3, 4, 5, 6)
    first, last = (np.argwhere(parts.label_map == label)[0][::-1] for label in (2, 4))
    merge = ("merge", (tuple(map(int, first)), tuple(map(int, last))))
    merged = cut_parts(parts.partition, replace(parts.recipe, edits=(merge,)))
    assert merged.keys == (1, 2, 3, 5, 6)
    assert ((merged.label_map == 4) == (parts.label_map == 5)).all()


def test_the_next_merge_is_the_one_that_less_detail_makes(quarters: Image) -> None:
    parts = segmenter.segment_regions(quarters, 7, reading="regions")
    one, other = parts.next_merge
    fewer = cut_parts(parts.partition, replace(parts.recipe, n_regions=6))
    (label,) = np.unique(fewer.label_map[np.isin(parts.label_map, (one, other))])
    assert label == one
    assert cut_parts(parts.partition, replace(parts.recipe, n_regions=1)).next_merge is None
