import numpy as np
import pytest
from scipy import ndimage
from skimage.color import rgb2lab

from segmenter.errors import ParameterError
from segmenter.images.features import LOCAL_SCALE, default_features, pixel_features
from segmenter.images.image import Image
from segmenter.work import finish


def photo(height=30, width=40, dtype=np.uint8, seed=0, alpha=None):
    top = np.iinfo(dtype).max
    pixels = np.random.default_rng(seed).integers(0, top + 1, (height, width, 3)).astype(dtype)
    return Image(pixels // 64 * 64, "rgb", alpha=alpha)


def per_pixel(features):
    """Rows for every pixel, whether or not they are shared."""
    return features.samples if features.index is None else features.samples[features.index.ravel()]


def test_color_is_lab_and_gray_is_intensity():
    assert default_features(photo()) == ("lab",)
    assert default_features(Image(np.zeros((2, 2, 1), np.uint8), "gray")) == ("intensity",)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_lab_of_every_pixel_matches_scikit_image(dtype):
    image = photo(dtype=dtype)
    features = finish(pixel_features(image, ("lab",)))
    np.testing.assert_allclose(per_pixel(features), rgb2lab(image.pixels).reshape(-1, 3), atol=3e-3)
    assert features.names == ("L*", "a*", "b*")


def test_it_reports_while_colors_are_collected():
    reports = []
    finish(pixel_features(photo()), reports.append)
    assert [each.message for each in reports].count("Collecting equal samples") >= 4
    fractions = [each.fraction for each in reports]
    assert fractions == sorted(fractions)


def test_weights_count_the_visible_pixels_of_each_distinct_color():
    alpha = np.full((30, 40), 255, np.uint8)
    alpha[:10] = 0
    features = finish(pixel_features(photo(alpha=alpha)))
    assert features.sample_weight.sum() == 20 * 40
    counts = np.bincount(features.index[10:].ravel(), minlength=len(features.samples))
    np.testing.assert_array_equal(features.sample_weight, counts)


def test_transparent_pixels_weigh_nothing_where_each_pixel_is_a_sample():
    alpha = np.full((30, 40), 255, np.uint8)
    alpha[:, :5] = 0
    features = finish(pixel_features(photo(alpha=alpha), ("lab", "local_mean")))
    assert features.index is None
    np.testing.assert_array_equal(features.sample_weight.reshape(30, 40), alpha > 0)


def test_neighborhood_features_match_scipy():
    gray = np.random.default_rng(3).integers(0, 1000, (25, 31, 1)).astype(np.uint16)
    names = ("intensity", "local_mean", "local_deviation", "gradient")
    features = finish(pixel_features(Image(gray, "gray"), names))
    plane = gray[..., 0].astype(np.float64)

    def mean(values):
        return ndimage.gaussian_filter(values, LOCAL_SCALE, mode="nearest", truncate=3)

    expected = [
        plane,
        mean(plane),
        np.sqrt(mean((plane - plane.mean()) ** 2) - mean(plane - plane.mean()) ** 2),
        ndimage.gaussian_gradient_magnitude(plane, LOCAL_SCALE / 2, mode="nearest", truncate=3),
    ]
    np.testing.assert_allclose(per_pixel(features).T, np.reshape(expected, (4, -1)), rtol=2e-3)


def test_position_is_x_then_y_in_the_same_unit():
    features = finish(pixel_features(photo(10, 20), ("position",)))
    position = features.samples.reshape(10, 20, 2)
    assert features.names == ("x", "y")
    assert (position[:, 0, 0] == 0).all()
    assert (position[0, :, 1] == 0).all()
    np.testing.assert_allclose(position[3, 4, 0] - position[3, 3, 0], 1.0)
    np.testing.assert_allclose(position[4, 3, 1] - position[3, 3, 1], 1.0)


def test_every_channel_of_a_multichannel_image_is_a_feature():
    pixels = np.random.default_rng(0).random((6, 7, 5)).astype(np.float32)
    features = finish(pixel_features(Image(pixels, "channels")))
    assert features.names == tuple(f"Channel {number}" for number in range(1, 6))
    np.testing.assert_array_equal(features.samples, pixels.reshape(-1, 5))


def test_color_features_of_a_gray_image_are_refused_in_one_sentence():
    gray = Image(np.zeros((4, 4, 1), np.uint8), "gray")
    with pytest.raises(ParameterError, match="has no color"):
        finish(pixel_features(gray, ("lab",)))


def test_an_unknown_feature_is_refused_with_the_names_there_are():
    with pytest.raises(ParameterError, match="intensity"):
        finish(pixel_features(photo(), ("colour",)))
