import numpy as np
import pytest
from scipy import ndimage

from segmenter.segment.nearest import nearest_of


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (37, 53), (260, 300)])
@pytest.mark.parametrize("share", [0.02, 0.3, 1.0])
def test_distances_are_those_of_scipy_and_places_are_that_far(shape, share):
    members = np.random.default_rng(3).random(shape) < share
    members[0, -1] = True
    distance, places = nearest_of(members)
    expected = ndimage.distance_transform_edt(~members)
    np.testing.assert_allclose(distance, expected, rtol=1e-6)
    rows, columns = np.divmod(places, shape[1])
    assert members[rows, columns].all()
    at = np.indices(shape)
    np.testing.assert_allclose(np.hypot(at[0] - rows, at[1] - columns), distance, rtol=1e-6)


def test_without_members_everything_is_infinitely_far():
    distance, places = nearest_of(np.zeros((4, 5), bool))
    assert np.isinf(distance).all()
    assert not places.any()
