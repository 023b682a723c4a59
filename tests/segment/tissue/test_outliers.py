from dataclasses import replace

import numpy as np
import pytest

from segmenter.segment.tissue.segment import segment_tissue
from tests.segment.tissue.heads import dice, head

WHITE = np.array([22, 50, 38])  # a voxel in the white matter of the head, 3 mm a side


def with_lesion(intensity, radius=3):
    made = head()
    places = np.indices(made.brain.shape).transpose(1, 2, 3, 0)
    lesion = np.linalg.norm(places - WHITE, axis=-1) <= radius
    assert (made.labels[lesion] == 3).mean() > 0.6
    pixels = made.image.pixels.copy()
    noise = np.random.default_rng(5).normal(0, 6, lesion.sum())
    pixels[lesion, 0] = intensity + noise
    return replace(made.image, pixels=pixels.astype(np.float32)), lesion


@pytest.fixture(scope="module")
def healthy():
    return segment_tissue(head().image, head().brain)


@pytest.mark.parametrize("rate", [1e-2, 1e-3])
def test_false_alarms_are_about_as_many_as_asked_for(healthy, rate):
    inside = healthy.brain_mask
    assert (healthy.outliers[inside] < rate).mean() < 3 * rate
    assert (healthy.outliers[~inside] == 1).all()


@pytest.mark.parametrize(("intensity", "radius"), [(560, 3), (600, 3), (20, 2), (60, 3), (5, 6)])
def test_a_lesion_is_found_and_measured(intensity, radius):
    image, lesion = with_lesion(intensity, radius)
    found = segment_tissue(image, head().brain)
    assert (found.outliers[lesion] < 1e-3).mean() > 0.9
    largest = found.abnormalities()[0]
    assert largest.volume_ml == pytest.approx(0.027 * lesion.sum(), rel=0.15)
    place = image.affine[:3, :3] @ WHITE + image.affine[:3, 3]
    np.testing.assert_allclose(largest.center, place, atol=1.5)
    assert largest.p_value < 1e-4


@pytest.mark.parametrize(("intensity", "radius"), [(5, 3), (20, 3), (60, 3), (5, 6), (600, 6)])
def test_no_lesion_takes_the_gaussian_of_a_tissue(healthy, intensity, radius):
    image, lesion = with_lesion(intensity, radius)
    found = segment_tissue(image, head().brain)
    kept = ~lesion
    for label in (1, 2, 3):
        assert dice(found.label_map * kept, healthy.label_map * kept, label) > 0.98


def test_a_stricter_rate_finds_less(healthy):
    few = sum(one.n_voxels for one in healthy.abnormalities(1e-4))
    many = sum(one.n_voxels for one in healthy.abnormalities(1e-2))
    assert few < many
