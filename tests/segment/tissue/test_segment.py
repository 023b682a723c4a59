from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest

from segmenter.errors import ParameterError
from segmenter.images.image import Image
from segmenter.segment.tissue.recipe import TissueRecipe
from segmenter.segment.tissue.segment import segment_tissue, segment_tissue_steps
from segmenter.work import finish
from tests.segment.tissue.heads import PD, T2, dice, head, wave


def scores(labels, truth):
    return [dice(labels, truth, label) for label in (1, 2, 3)]


@pytest.fixture(scope="module")
def tissue():
    made = head()
    return segment_tissue(made.image, made.brain)


def test_tissues_are_found_in_spite_of_noise_bias_and_pose(tissue):
    assert min(scores(tissue.label_map, head().labels)) > 0.9
    assert tissue.brain_mask_origin == "given"
    np.testing.assert_array_equal(tissue.label_map > 0, head().brain)


def test_the_label_is_the_most_probable_one(tissue):
    inside = tissue.brain_mask
    np.testing.assert_array_equal(
        tissue.posteriors[inside].argmax(axis=1) + 1, tissue.label_map[inside]
    )
    np.testing.assert_allclose(tissue.posteriors[inside].sum(axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(tissue.posterior(2), tissue.posteriors[..., 1])


def test_the_bias_field_is_found(tissue):
    inside = tissue.brain_mask
    truth = 0.2 * wave(inside.shape)[inside]
    found = np.log(tissue.bias_field[inside])
    apart = (found - found.mean()) - (truth - truth.mean())
    assert apart.std() < 0.25 * truth.std()
    assert (tissue.bias_field[~inside] == 1).all()


def test_correcting_the_bias_pays():
    made = head(bias=0.4)
    with_field = segment_tissue(made.image, made.brain)
    without = segment_tissue(made.image, made.brain, TissueRecipe(bias=False))
    assert without.bias_field is None
    assert sum(scores(with_field.label_map, made.labels)) > 0.1 + sum(
        scores(without.label_map, made.labels)
    )


def test_early_labels_are_reported_and_nearly_right():
    made = head(spacing=(1.5, 2.0, 1.5))
    reports = list(segment_tissue_steps(made.image, made.brain))
    drafts = [one.partial for one in reports if isinstance(one.partial, np.ndarray)]
    assert len(drafts) >= 3
    for draft in drafts:
        assert draft.dtype == np.uint8
        np.testing.assert_array_equal(draft > 0, made.brain)
        assert (draft[made.brain] == made.labels[made.brain]).mean() > 0.7


def test_early_labels_of_a_whole_head_lie_on_the_scans_grid():
    made = head(skull=True)
    image, _ = reordered(made.image, made.brain, (2, 0, 1), (True, False, True))
    reports = list(segment_tissue_steps(image))
    drafts = [one.partial for one in reports if isinstance(one.partial, np.ndarray)]
    assert len(drafts) >= 6
    for draft in drafts:
        back = draft[::-1, :, ::-1].transpose(1, 2, 0)
        assert (back[made.brain] == made.labels[made.brain]).mean() > 0.7


def test_a_head_whose_header_stands_it_on_its_head_is_told(tissue):
    made = head()
    wrong = made.image.affine.copy()
    wrong[2] *= -1
    found = segment_tissue(replace(made.image, affine=wrong), made.brain)
    assert any("orientation" in note for note in found.notes)
    assert not any("orientation" in note for note in tissue.notes)
    assert found.fit.agreement < 0.75 < 0.85 < tissue.fit.agreement


@pytest.mark.parametrize(("means", "name"), [(T2, "T2"), (PD, "PD")])
def test_other_contrasts_are_recognized(means, name):
    made = head(means=means)
    found = segment_tissue(made.image, made.brain)
    assert min(scores(found.label_map, made.labels)) > 0.7
    assert any(name in note for note in found.notes)


def test_two_channels_are_better_than_a_noisy_one():
    noisy, other = head(noise=0.12), head(means=T2, noise=0.12, seed=1)
    alone = segment_tissue(noisy.image, noisy.brain)
    both = segment_tissue([noisy.image, other.image], noisy.brain)
    assert both.fit.mixture.mixture.n_features == 2
    assert sum(scores(both.label_map, noisy.labels)) > sum(scores(alone.label_map, noisy.labels))


def reordered(image, mask, axes, flips):
    """The same volume, saved with its axes in another order."""
    grid = np.array(image.grid)
    turn = np.zeros((4, 4))
    turn[3, 3] = 1
    for new, (old, flip) in enumerate(zip(axes, flips, strict=True)):
        turn[old, new] = -1 if flip else 1
        turn[old, 3] = grid[old] - 1 if flip else 0
    steps = tuple(slice(None, None, -1 if flip else 1) for flip in flips)
    return (
        replace(
            image,
            pixels=np.ascontiguousarray(image.pixels.transpose(*axes, 3)[steps]),
            affine=image.affine @ turn,
            spacing=tuple(image.spacing[old] for old in axes),
        ),
        np.ascontiguousarray(mask.transpose(axes)[steps]),
    )


@pytest.mark.parametrize(
    ("axes", "flips"),
    list(product(permutations(range(3)), product((False, True), repeat=3)))[1::9],
)
def test_the_order_of_axes_does_not_matter(tissue, axes, flips):
    image, mask = reordered(head().image, head().brain, axes, flips)
    found = segment_tissue(image, mask).label_map
    steps = tuple(slice(None, None, -1 if flip else 1) for flip in flips)
    back = found[steps].transpose(np.argsort(axes))
    np.testing.assert_array_equal(back, tissue.label_map)


@pytest.mark.parametrize("factor", [1e-3, 1e4])
def test_the_scale_does_not_matter(tissue, factor):
    image = replace(head().image, pixels=head().image.pixels * np.float32(factor))
    found = segment_tissue(image, head().brain).label_map
    assert (found != tissue.label_map).mean() < 1e-3


def test_padding_does_not_matter(tissue):
    pad = ((5, 9), (0, 4), (7, 0))
    image = replace(head().image, pixels=np.pad(head().image.pixels, (*pad, (0, 0))))
    found = segment_tissue(image, np.pad(head().brain, pad)).label_map
    np.testing.assert_array_equal(found, np.pad(tissue.label_map, pad))


def test_a_wide_margin_of_nothing_around_a_head_does_not_matter():
    made = head(skull=True)
    found = segment_tissue(made.image)
    pixels = np.pad(made.image.pixels, ((20, 30), (10, 25), (15, 20), (0, 0)))
    affine = made.image.affine.copy()
    affine[:3, 3] -= affine[:3, :3] @ (20, 10, 15)
    padded = segment_tissue(replace(made.image, pixels=pixels, affine=affine))
    assert (padded.label_map[20:-30, 10:-25, 15:-20] == found.label_map).all()


def test_holes_without_signal_draw_no_gaussian_to_themselves(tissue):
    pixels = head().image.pixels.copy()
    hole = np.random.default_rng(0).random(pixels.shape) < 0.1
    pixels[hole] = 0
    found = segment_tissue(replace(head().image, pixels=pixels), head().brain)
    for volume, undisturbed in zip(found.volumes, tissue.volumes, strict=True):
        assert volume.mean == pytest.approx(undisturbed.mean, rel=0.15)


def test_without_an_atlas_tissues_are_numbered_by_brightness():
    made = head(bias=0.05, noise=0.03)
    found = segment_tissue(made.image, made.brain, TissueRecipe(atlas="none"))
    assert min(scores(found.label_map, made.labels)) > 0.85
    assert found.names == ("Tissue 1", "Tissue 2", "Tissue 3")
    two = segment_tissue(made.image, made.brain, TissueRecipe(atlas="none", n_tissues=2))
    assert two.names == ("Tissue 1", "Tissue 2")
    assert two.parenchymal_fraction is None
    dark, bright = (volume.mean for volume in two.volumes)
    assert dark < bright


def test_other_labels_need_no_other_fit(tissue):
    recipe = TissueRecipe(sulcal_csf="gm", smoothness=0)
    again = finish(segment_tissue_steps(head().image, head().brain, recipe, tissue))
    assert again.fit is tissue.fit
    np.testing.assert_array_equal(
        again.label_map, segment_tissue(head().image, head().brain, recipe).label_map
    )
    assert (again.label_map == 1).sum() < 0.5 * (tissue.label_map == 1).sum()


def test_numbers_add_up(tissue):
    ml = 27 / 1000
    for volume, truth in zip(tissue.volumes, head().fractions, strict=True):
        assert volume.hard_ml == pytest.approx(ml * (tissue.label_map == volume.label).sum())
        assert volume.low_ml < volume.expected_ml < volume.high_ml
        assert volume.expected_ml == pytest.approx(ml * truth.sum(), rel=0.12)
    assert sum(v.expected_ml for v in tissue.volumes) == pytest.approx(ml * head().brain.sum())
    assert tissue.parenchymal_fraction == pytest.approx(
        head().fractions[1:].sum() / head().fractions.sum(), abs=0.03
    )
    assert tissue.volumes[2].mean > tissue.volumes[1].mean > tissue.volumes[0].mean
    assert all(np.isfinite(value) for value in tissue.quality.values())


def test_a_tilted_gantry_does_not_change_the_size_of_a_voxel():
    tilted = head().image.affine.copy()
    tilted[1, 2] += 1.5  # slices move to the front as they rise
    image = replace(
        head().image, affine=tilted, spacing=tuple(np.linalg.norm(tilted[:3, :3], axis=0))
    )
    found = segment_tissue(image, head().brain, TissueRecipe(atlas="none", false_alarm_rate=0.1))
    for volume in found.volumes:
        assert volume.hard_ml == pytest.approx(0.027 * (found.label_map == volume.label).sum())
    for region in found.abnormalities():
        assert region.volume_ml == pytest.approx(0.027 * region.n_voxels)
    assert image.cell_extent == (pytest.approx(27), "mm³")


def test_a_brain_without_its_skull_is_left_alone(tissue):
    found = segment_tissue(head().image)
    assert found.brain_mask_origin == "stripped"
    assert dice(found.label_map > 0, head().brain, True) > 0.99


def test_values_that_are_missing_are_left_out():
    pixels = head().image.pixels.copy()
    pixels[30, 30, 30] = np.nan
    image = replace(head().image, pixels=pixels, missing=~np.isfinite(pixels[..., 0]))
    found = segment_tissue(image, head().brain)
    assert found.label_map[30, 30, 30] == 0
    assert min(scores(found.label_map, head().labels)) > 0.9


def test_negative_values_are_no_obstacle():
    image = replace(head().image, pixels=head().image.pixels - np.float32(500))
    found = segment_tissue(image, head().brain)
    assert min(scores(found.label_map, head().labels)) > 0.85


def test_what_is_no_brain_is_refused_in_a_sentence():
    picture = Image(np.zeros((40, 40, 1), np.uint8), "gray")
    flat = replace(head().image, pixels=np.ones((40, 40, 40, 1), np.float32))
    thin = replace(head().image, pixels=np.ones((40, 40, 1, 1), np.float32))
    bright, dim = (
        replace(head().image, pixels=head().image.pixels * np.float64(scale))
        for scale in (1e30, 1e-30)
    )
    everywhere = np.ones((40, 40, 40), bool)
    for image, mask, message in (
        (picture, None, "not a volume"),
        (flat, everywhere, "same intensity"),
        (thin, None, "too thin"),
        (bright, None, "wrong slope"),
        (dim, None, "wrong slope"),
        (head().image, everywhere, "must be the same"),
        (head().image, np.zeros(head().image.grid, bool), "has 0 voxels"),
        ([head().image, flat], None, "different grids"),
    ):
        with pytest.raises(ParameterError, match=message):
            segment_tissue(image, mask)


def test_a_brain_of_an_impossible_size_is_remarked(tissue):
    made = head()
    small = replace(
        made.image,
        spacing=(1.0, 1.0, 1.0),
        affine=made.image.affine @ np.diag([1 / 3, 1 / 3, 1 / 3, 1]),
    )
    found = segment_tissue(small, made.brain)
    assert any("voxels' size" in note for note in found.notes)
    assert not any("voxels' size" in note for note in tissue.notes)
