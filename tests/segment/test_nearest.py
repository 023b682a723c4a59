import numpy as np
import pytest
from scipy import ndimage

from segmenter.segment.nearest import distance_to, nearest_of


@pytest.mark.parametrize("share", [0.02, 0.3, 1.0])
@pytest.mark.parametrize(
    ("shape", "spacing"),
    [
        ((1, 1), None),
        ((1, 40), None),
        ((40, 1), None),
        ((37, 53), None),
        ((260, 300), None),
        ((37, 53), (1.5, 0.7)),
        ((19, 1, 23), (1.0, 1.0, 1.0)),
        ((19, 24, 23), (0.9375, 1.5, 0.3)),
    ],
)
def test_distances_are_those_of_scipy_and_places_are_that_far(shape, spacing, share):
    members = np.random.default_rng(3).random(shape) < share
    members.flat[-1] = True
    distance, places = nearest_of(members, spacing)
    expected = ndimage.distance_transform_edt(~members, sampling=spacing)
    np.testing.assert_allclose(distance, expected, rtol=1e-6)
    assert members.flat[places].all()
    steps = np.reshape(spacing or 1, (-1, *[1] * len(shape)))
    apart = (np.indices(shape) - np.unravel_index(places, shape)) * steps
    np.testing.assert_allclose(np.linalg.norm(apart, axis=0), distance, rtol=1e-6)


def test_a_view_of_other_axes_has_the_same_distances():
    members = np.random.default_rng(4).random((9, 14, 11)) < 0.05
    turned = distance_to(members.transpose(2, 0, 1), (3.0, 1.0, 2.0))
    np.testing.assert_array_equal(turned.transpose(1, 2, 0), distance_to(members, (1.0, 2.0, 3.0)))


@pytest.mark.parametrize("shape", [(4, 5), (300, 300), (4, 5, 6)])
def test_without_members_everything_is_infinitely_far(shape):
    distance, places = nearest_of(np.zeros(shape, bool))
    assert np.isinf(distance).all()
    assert not places.any()
