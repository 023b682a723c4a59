import dataclasses
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from segmenter.errors import ParameterError
from segmenter.images.image import Image
from segmenter.segment.recipe import RegionsRecipe
from segmenter.segment.region_fit import RegionsStep
from segmenter.segment.regions import segment_regions, segment_regions_steps
from segmenter.work import finish

COLORS = np.array([[200, 40, 40], [40, 160, 60], [30, 40, 120]])


def stripes(height=60, width=90, noise=8.0, seed=0, alpha=None):
    """Three vertical stripes of noisy color, and the stripe of each pixel."""
    truth = np.arange(width) * 3 // width * np.ones((height, 1), int)
    draws = np.random.default_rng(seed).normal(0, noise, (height, width, 3))
    pixels = np.clip(COLORS[truth] + draws, 0, 255).astype(np.uint8)
    return Image(pixels, "rgb", alpha=alpha), truth


def test_finds_the_stripes_in_order_of_lightness():
    image, truth = stripes()
    regions = segment_regions(image, 3)
    # Dark to bright: blue, red, green.
    expected = np.array([2, 3, 1])[truth]
    assert (regions.label_map == expected).mean() > 0.99
    assert (np.diff(regions.fit.mixture.means[:, 0]) > 0).all()
    np.testing.assert_allclose(regions.shares, 1 / 3, atol=0.01)


def test_auto_finds_three():
    regions = segment_regions(stripes()[0])
    assert regions.n_labels == 3
    assert regions.selection.best.n_components == 3


def test_the_same_image_gives_the_same_labels():
    first, again = (segment_regions(stripes()[0], 3).label_map for _ in range(2))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("features", [(), ("lab", "local_mean")])
@pytest.mark.parametrize("smoothness", [0.0, 0.5])
def test_posteriors_sum_to_one_and_their_argmax_is_the_label_map(features, smoothness):
    regions = segment_regions(stripes(noise=40)[0], 3, features=features, smoothness=smoothness)
    posteriors = regions.posteriors
    assert posteriors.dtype == np.float32
    np.testing.assert_allclose(posteriors.sum(axis=-1), 1, atol=1e-5)
    np.testing.assert_array_equal(posteriors.argmax(axis=-1) + 1, regions.label_map)
    np.testing.assert_array_equal(regions.posterior(2), posteriors[..., 1])
    np.testing.assert_allclose(regions.posteriors_at(7, 11), posteriors[7, 11], atol=1e-6)


def test_tiles_do_not_show(monkeypatch):
    image, _ = stripes(noise=60)
    whole = segment_regions(image, 3).posteriors
    monkeypatch.setattr("segmenter.segment.posteriors.TILES", {2: 17})
    np.testing.assert_allclose(segment_regions(image, 3).posteriors, whole, atol=1e-6)


def test_smoothing_removes_speckles():
    image, truth = stripes(noise=60)
    rough, smooth = (segment_regions(image, 3, smoothness=amount) for amount in (0.0, 1.0))
    expected = np.array([2, 3, 1])[truth]
    assert (smooth.label_map == expected).mean() > (rough.label_map == expected).mean() + 0.01


def test_transparent_pixels_are_unlabeled_and_do_not_matter():
    alpha = np.full((60, 90), 255, np.uint8)
    alpha[:20] = 0
    image, _ = stripes(alpha=alpha)
    garbage = image.pixels.copy()
    garbage[:20] = np.random.default_rng(9).integers(0, 256, (20, 90, 3))
    first = segment_regions(image, 3)
    second = segment_regions(Image(garbage, "rgb", alpha=alpha), 3)
    assert (first.label_map[:20] == 0).all()
    assert (first.label_map[20:] > 0).all()
    assert (first.posteriors[:20] == 0).all()
    np.testing.assert_array_equal(first.label_map, second.label_map)


def test_only_what_changed_is_done_again():
    image, _ = stripes()
    first = segment_regions(image, 3)
    recipe = dataclasses.replace(first.recipe, smoothness=0.0)
    second = finish(segment_regions_steps(image, recipe, previous=first))
    assert second.fit is first.fit
    assert second.field.features is first.field.features
    np.testing.assert_array_equal(
        second.label_map, segment_regions(image, 3, smoothness=0.0).label_map
    )


def test_every_iteration_can_be_shown():
    image, _ = stripes()
    shown = []

    def keep(progress):
        if isinstance(progress.partial, RegionsStep):
            shown.append(progress.partial)

    regions = finish(segment_regions_steps(image, RegionsRecipe(3)), keep)
    np.testing.assert_array_equal(shown[-1].mixture.means, regions.fit.mixture.means)
    assert shown[-1].label_map(3).shape == (20, 30)
    assert set(np.unique(shown[-1].label_map())) <= {1, 2, 3}


@pytest.mark.parametrize("n_regions", [3, "auto"])
def test_progress_never_falls(n_regions):
    reports = []
    finish(segment_regions_steps(stripes()[0], RegionsRecipe(n_regions=n_regions)), reports.append)
    fractions = [report.fraction for report in reports]
    assert fractions == sorted(fractions)
    assert fractions[-1] >= 0.8


def test_uncertainty_is_between_zero_and_one_and_high_at_edges_of_classes():
    regions = segment_regions(stripes(noise=60)[0], 3, smoothness=0)
    assert regions.uncertainty.min() >= 0
    assert regions.uncertainty.max() <= 1
    sure = regions.posteriors.max(axis=-1) > 0.99
    assert regions.uncertainty[sure].max() < regions.uncertainty[~sure].mean()


@pytest.mark.parametrize(
    ("image", "n_regions", "sentence"),
    [
        (Image(np.full((5, 5, 3), 7, np.uint8), "rgb"), 3, "single color"),
        (Image(np.full((5, 5, 3), 7, np.uint8), "rgb"), "auto", "single color"),
        (Image(np.zeros((1, 1, 1), np.uint8), "gray"), 2, "single color"),
        (Image(np.arange(4, dtype=np.uint8).reshape(2, 2, 1), "gray"), 9, "4 distinct"),
        (
            Image(np.zeros((3, 3, 1), np.uint8), "gray", alpha=np.zeros((3, 3), np.uint8)),
            2,
            "no visible pixel",
        ),
    ],
)
def test_an_image_with_nothing_to_tell_apart_is_refused_in_one_sentence(image, n_regions, sentence):
    with pytest.raises(ParameterError, match=sentence):
        segment_regions(image, n_regions)


@pytest.mark.parametrize(
    "setting",
    [
        {"n_regions": 0},
        {"n_regions": 256},
        {"smoothness": 1.5},
        {"seed": -1},
        {"covariance": "round"},
        {"max_regions": 0},
    ],
)
def test_settings_out_of_range_are_refused(setting):
    with pytest.raises(ParameterError):
        RegionsRecipe(**setting)


@settings(deadline=None, max_examples=15)
@given(
    height=st.integers(1, 30),
    width=st.integers(1, 30),
    n_channels=st.sampled_from([1, 3]),
    seed=st.integers(0, 99),
)
@example(height=30, width=1, n_channels=1, seed=0)
def test_any_small_image_gets_a_label_for_every_pixel(height, width, n_channels, seed):
    assume(height * width > 1)
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, n_channels))
    pixels[0, 0], pixels[-1, -1] = 0, 255
    image = Image(pixels.astype(np.uint8), "rgb" if n_channels == 3 else "gray")
    regions = segment_regions(image, 2)
    assert regions.label_map.shape == (height, width)
    assert regions.label_map.min() >= 1
    assert regions.label_map.max() <= regions.n_labels


def test_the_unit_of_values_does_not_matter():
    image = Image(stripes()[0].pixels[..., :1].astype(np.float32), "gray")
    expected = segment_regions(image, 2).label_map
    for unit in (2.0**-100, 2.0**50):
        scaled = replace(image, pixels=image.pixels * np.float32(unit))
        assert (segment_regions(scaled, 2).label_map == expected).mean() > 0.999


def test_position_is_weak():
    random = np.random.default_rng(0)
    bright = random.random((80, 80)) < 0.5
    pixels = np.where(bright, 160, 100) + random.normal(0, 15, (80, 80))
    image = Image(np.clip(pixels, 0, 255).astype(np.uint8)[..., None], "gray")
    regions = segment_regions(image, 2, features=("intensity", "position"), smoothness=0)
    # The classes are mixed everywhere: place does not keep them from being found.
    assert ((regions.label_map == 2) == bright).mean() > 0.95
    spread = regions.field.features.samples[:, 1:].var(axis=0)
    for covariance in regions.fit.mixture.covariances:
        assert (np.diag(covariance)[1:] > 0.99 * spread).all()


def box_in_noise(spacing=(1.0, 1.0, 1.0), sides=(24, 26, 20)):
    """A bright box in a dark volume, both noisy, and where it is."""
    inside = np.zeros(sides, bool)
    inside[6:18, 7:20, 5:15] = True
    values = np.where(inside, 130, 100) + np.random.default_rng(0).normal(0, 15, sides)
    pixels = values[..., None].astype(np.int16)
    return Image(pixels, "gray", spacing=spacing), inside


def test_a_volume_is_smoothed_in_three_dimensions():
    image, inside = box_in_noise()
    regions = segment_regions(image, 2, smoothness=1.0)
    by_slice = [
        segment_regions(Image(image.pixels[..., k, :], "gray"), 2, smoothness=1.0).label_map == 2
        for k in range(image.grid[2])
    ]
    assert regions.label_map.shape == image.grid
    right = ((regions.label_map == 2) == inside).mean()
    assert right > 0.97
    assert right > (np.stack(by_slice, axis=2) == inside).mean() + 0.02
    posteriors = regions.posteriors
    np.testing.assert_array_equal(posteriors.argmax(axis=-1) + 1, regions.label_map)
    np.testing.assert_allclose(regions.posteriors_at(7, 11, 3), posteriors[7, 11, 3], atol=1e-6)


def test_tiles_of_a_volume_do_not_show(monkeypatch):
    image, _ = box_in_noise(spacing=(1.0, 2.0, 1.5))
    whole = segment_regions(image, 2).posteriors
    monkeypatch.setattr("segmenter.segment.posteriors.TILES", {3: 7})
    np.testing.assert_allclose(segment_regions(image, 2).posteriors, whole, atol=1e-6)


def test_voxels_far_apart_are_smoothed_less():
    """A slice of its own in a volume of thick slices stays, in one of cubes it does not."""
    values = np.full((20, 20, 9), 100.0) + np.random.default_rng(0).normal(0, 15, (20, 20, 9))
    values[6:14, 6:14, 4] += 30
    values[:, :10, 7:] += 30
    shares = [
        (segment_regions(Image(values[..., None], "gray", spacing=(1.0, 1.0, thick)), 2,
                         smoothness=1.0).label_map[7:13, 7:13, 4] == 2).mean()
        for thick in (1.0, 6.0)
    ]  # fmt: skip
    assert shares[1] > shares[0] + 0.1


def test_missing_voxels_are_unlabeled():
    image, _ = box_in_noise()
    missing = np.zeros(image.grid, bool)
    missing[:, :3] = True
    regions = segment_regions(replace(image, missing=missing), 2)
    assert not regions.label_map[missing].any()
    assert regions.label_map[~missing].all()


@pytest.mark.parametrize("feature", ["local_mean", "local_deviation", "gradient", "position"])
def test_features_of_the_neighborhood_know_three_axes(feature):
    image, _ = box_in_noise(spacing=(1.0, 1.0, 2.0))
    regions = segment_regions(image, 2, features=["intensity", feature])
    assert regions.posteriors.shape == (*image.grid, 2)
    assert np.isfinite(regions.fit.log_likelihood)


def two_of_one_thing():
    """A field of two overlapping shades beside a distant one."""
    random = np.random.default_rng(0)
    near = np.where(random.random((80, 60)) < 0.5, 100, 104) + random.normal(0, 3, (80, 60))
    wide = 100 + random.normal(0, 25, (80, 60))
    far = 240 + random.normal(0, 3, (80, 60))
    gray = np.concatenate([near, wide, far], axis=1)
    return Image(np.clip(gray, 0, 255).astype(np.uint8)[..., None], "gray")


def test_components_that_describe_one_thing_become_one_class(monkeypatch):
    monkeypatch.setattr("segmenter.segment.region_fit.effective_size", lambda grid: 14_400.0)
    regions = segment_regions(two_of_one_thing())
    assert regions.merging is not None
    n_components = regions.fit.mixture.n_components
    assert n_components == regions.selection.best.n_components
    assert sorted(sum(regions.groups, ())) == list(range(n_components))
    assert regions.n_labels == len(regions.groups) < n_components
    assert regions.n_labels >= 2
    assert regions.label_map.max() <= regions.n_labels
    posteriors = regions.posteriors
    assert posteriors.shape[-1] == regions.n_labels
    np.testing.assert_allclose(posteriors.sum(axis=-1), 1, atol=1e-5)
    np.testing.assert_array_equal(posteriors.argmax(axis=-1) + 1, regions.label_map)


def test_a_number_that_was_asked_for_is_kept():
    regions = segment_regions(two_of_one_thing(), 5)
    assert regions.groups == ((0,), (1,), (2,), (3,), (4,))
    assert regions.merging is None
