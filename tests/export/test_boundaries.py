import numpy as np

from segmenter.export.boundaries import boundary_mask

LABELS = np.array(
    [
        [1, 1, 2, 2],
        [1, 1, 2, 2],
        [1, 0, 0, 2],
        [1, 1, 1, 1],
    ],
    np.uint8,
)


def test_the_left_or_upper_one_of_two_neighbors_is_marked():
    assert boundary_mask(LABELS).astype(int).tolist() == [
        [0, 1, 0, 0],
        [0, 1, 1, 0],
        [1, 1, 1, 1],
        [0, 0, 0, 0],
    ]


def test_a_line_between_two_halves_is_one_pixel_wide():
    halves = np.repeat([[1], [2]], 40, axis=0) * np.ones((1, 30), int)
    assert boundary_mask(halves).sum() == 30
    assert boundary_mask(halves.T).sum() == 30


def test_an_image_of_one_label_has_no_boundary():
    assert not boundary_mask(np.ones((5, 1), np.uint16)).any()
