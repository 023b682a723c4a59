import numpy as np
import pytest

from segmenter.segment.tissue.atlas import OUTLINE, WM, icbm152
from segmenter.segment.tissue.prior import CORTICAL_TRUST, overrated_white


def test_the_odds_of_white_matter_count_in_full_only_where_anatomy_decides():
    priors = np.array([[0.1, 0.2, 0.7], [0.1, 0.2, 0.7], [0.5, 0.4, 0.1]], np.float32)
    anatomy = np.array([1, 0, 0], np.float32)
    log_priors = np.log(priors)
    leveled = np.exp(log_priors - overrated_white(log_priors, anatomy))
    odds, before = (one[:, WM] / one[:, :WM].sum(axis=1) for one in (leveled, priors))
    assert odds == pytest.approx(before ** np.where(anatomy, 1, CORTICAL_TRUST), rel=1e-4)
    assert leveled[:, 0] / leveled[:, 1] == pytest.approx(priors[:, 0] / priors[:, 1], rel=1e-4)


@pytest.mark.parametrize(
    ("millimeters", "least", "most"),
    [((0, -4, -34), 0.3, 0.7), ((0, -20, 30), 0.99, 1), ((0, 60, -40), 0, 0.02)],
    ids=["before the pons", "inside the brain", "in the nose"],
)
def test_the_outline_of_the_brain_goes_on_over_the_cisterns(millimeters, least, most):
    atlas = icbm152()
    place = np.linalg.inv(atlas.affine) @ [*millimeters, 1]
    outline = atlas.priors[(*np.rint(place[:3]).astype(int), OUTLINE)]
    assert least <= outline <= most
