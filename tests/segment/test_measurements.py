from __future__ import annotations

import numpy as np
import pytest
from skimage.measure import regionprops

from segmenter.images.image import Image
from segmenter.segment.measurements import measurements


@pytest.fixture
def image() -> Image:
    rng = np.random.default_rng(0)
    return Image(rng.integers(0, 60_000, (41, 53, 3)).astype(np.uint16), "rgb")


def test_measures_agree_with_scikit_image(image: Image) -> None:
    label_map = np.random.default_rng(1).integers(0, 6, image.grid).astype(np.uint8)
    label_map[label_map == 4] = 0
    measured = {each.label: each for each in measurements(image, label_map, 5)}
    assert sorted(measured) == [1, 2, 3, 5]
    for properties in regionprops(label_map, image.pixels):
        own = measured[properties.label]
        assert own.size == properties.area
        assert own.center == pytest.approx(properties.centroid[::-1])
        top, left, bottom, right = properties.bbox
        assert own.box == (left, top, right - 1, bottom - 1)
        assert own.means == pytest.approx(properties.intensity_mean)
        assert own.deviations == pytest.approx(image.pixels[label_map == own.label].std(0))
    assert sum(each.share for each in measured.values()) == pytest.approx(1)


def test_the_boundary_counts_faces(image: Image) -> None:
    label_map = np.zeros(image.grid, np.uint8)
    label_map[0:3, 10:14] = 2
    (measured,) = measurements(image, label_map, 2)
    assert measured.boundary == 2 * (3 + 4)


def test_areas_in_millimeters_where_the_size_of_a_pixel_is_known() -> None:
    flat = Image(np.zeros((4, 6, 1), np.uint8), "gray", spacing=(0.5, 0.2))
    assert measurements(flat, np.ones((4, 6), np.uint8), 1)[0].extent == pytest.approx(2.4)
    volume = Image(np.zeros((2, 3, 4, 1), np.float32), "gray", spacing=(1.0, 1.0, 2.0))
    (measured,) = measurements(volume, np.ones((2, 3, 4), np.uint8), 1)
    assert measured.extent == pytest.approx(48)
    assert measured.center == pytest.approx((0.5, 1, 1.5))
    assert measured.box == (0, 0, 0, 1, 2, 3)
    assert measured.boundary == 2 * (2 * 3 + 3 * 4 + 2 * 4)


def test_without_spacing_there_is_no_area_in_millimeters(image: Image) -> None:
    assert measurements(image, np.ones(image.grid, np.uint8), 1)[0].extent is None
