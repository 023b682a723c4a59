from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import ndimage
from skimage.draw import polygon2mask

from segmenter.segment.polygons import polygons_of, signed_area


def test_a_ring_has_a_hole() -> None:
    label_map = np.zeros((6, 7), np.uint8)
    label_map[1:5, 1:6] = 3
    label_map[2:4, 2:5] = 0
    (polygon,) = polygons_of(label_map)
    assert polygon.label == 3
    assert polygon.area == (label_map == 3).sum()
    assert sorted(map(tuple, polygon.outer.tolist())) == [(1, 1), (1, 5), (6, 1), (6, 5)]
    (hole,) = polygon.holes
    assert signed_area(hole) == -6


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(
        np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(0, 3)
    )
)
def test_areas_pieces_and_masks_are_those_of_the_map(label_map: np.ndarray) -> None:
    polygons = polygons_of(label_map)
    for label in (1, 2, 3):
        own = [polygon for polygon in polygons if polygon.label == label]
        mask = label_map == label
        assert len(own) == ndimage.label(mask)[1]
        assert sum(polygon.area for polygon in own) == mask.sum()
        painted = np.zeros(label_map.shape, int)
        for polygon in own:
            for ring, sign in [(polygon.outer, 1), *((hole, -1) for hole in polygon.holes)]:
                # polygon2mask takes pixel centers at whole numbers, rows first
                painted += sign * polygon2mask(label_map.shape, ring[:, ::-1] - 0.5)
        assert ((painted > 0) == mask).all()


def test_nothing_labeled_has_no_polygon() -> None:
    assert polygons_of(np.zeros((4, 5), np.uint8)) == ()
