import numpy as np
import pytest
from PySide6.QtGui import QColor
from scipy.stats import norm

from segmenter.em.mixture import GaussianMixture
from segmenter.gui.plots.histogram_plot import HistogramPlot
from segmenter.gui.plots.histograms import feature_curves, feature_histograms
from segmenter.gui.theme import Theme, apply_theme, current_colors
from segmenter.images.features import pixel_features
from segmenter.images.image import Image
from segmenter.work import finish
from tests.gui.contrast import contrast


@pytest.fixture
def features():
    pixels = np.random.default_rng(0).normal(100, 20, (200, 200, 1)).clip(0, 255).astype(np.uint8)
    return finish(pixel_features(Image(pixels, "gray")))


def test_a_histogram_is_a_density_of_nearly_all_pixels(features):
    (histogram,) = feature_histograms(features)
    widths = np.diff(histogram.edges)
    assert 0.99 < (histogram.density * widths).sum() <= 1.0


def test_curves_are_weighted_normal_densities(features):
    (histogram,) = feature_histograms(features)
    mixture = GaussianMixture(
        np.array([0.3, 0.7]), np.array([[80.0], [120.0]]), np.array([[[100.0]], [[225.0]]])
    )
    curves = feature_curves(mixture, 0, histogram)
    expected = 0.3 * norm.pdf(curves.places, 80, 10), 0.7 * norm.pdf(curves.places, 120, 15)
    np.testing.assert_allclose(curves.components, expected)


def test_curve_and_histogram_agree_where_the_model_is_true(features):
    (histogram,) = feature_histograms(features)
    mixture = GaussianMixture(np.ones(1), np.array([[99.5]]), np.array([[[400.0]]]))
    curves = feature_curves(mixture, 0, histogram)
    # The bins are narrower than a gray level, so that only their smoothed height is compared.
    smooth = np.convolve(histogram.density, np.ones(9) / 9, mode="same")[20:-20]
    centers = (histogram.edges[:-1] + histogram.edges[1:])[20:-20] / 2
    np.testing.assert_allclose(
        smooth, np.interp(centers, curves.places, curves.components[0]), atol=0.004
    )


def test_a_flat_image_has_a_histogram():
    flat = finish(pixel_features(Image(np.full((8, 8, 1), 7, np.uint8), "gray")))
    (histogram,) = feature_histograms(flat)
    assert histogram.density.max() > 0


@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
def test_a_histogram_without_curves_is_seen_by_its_outline(features, theme, qapp, qtbot):
    apply_theme(qapp, theme)
    (histogram,) = feature_histograms(features)
    plot = HistogramPlot()
    qtbot.addWidget(plot)
    plot.resize(400, 200)
    ground = QColor(current_colors().panel)

    def highest_contrast():
        picture = plot.grab().toImage()
        places = [(x, y) for x in range(60, 340, 2) for y in range(5, 160)]
        return max(contrast(picture.pixelColor(x, y), ground) for x, y in places)

    plot.show_histogram(histogram)
    qtbot.waitUntil(lambda: highest_contrast() >= 3)
