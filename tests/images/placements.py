"""Affines to try readers and writers with."""

import numpy as np
from hypothesis import strategies as st

_SIGNED_AXES = st.tuples(st.permutations(range(3)), st.tuples(*[st.sampled_from((-1, 1))] * 3))


@st.composite
def affines(draw):
    """All 48 orders and flips of the axes, of any spacing and origin."""
    order, signs = draw(_SIGNED_AXES)
    affine = np.eye(4)
    affine[:3, :3] = np.eye(3)[:, order] * signs * draw(st.tuples(*[st.floats(0.1, 10)] * 3))
    affine[:3, 3] = draw(st.tuples(*[st.floats(-300, 300)] * 3))
    return affine
