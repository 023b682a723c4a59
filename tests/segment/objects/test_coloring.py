import numpy as np
from scipy.spatial import KDTree

from segmenter.segment.objects.coloring import COLORS, N_NEIGHBORS, unlike_neighbors


def test_no_object_has_the_color_of_one_of_its_nearest():
    centers = np.random.default_rng(0).uniform(0, 1000, (700, 2))
    colors = unlike_neighbors(centers)
    _, nearest = KDTree(centers).query(centers, N_NEIGHBORS + 1)
    assert (colors[nearest[:, 1:]] != colors[:, None]).all()
    used, counts = np.unique(colors, return_counts=True)
    assert used.tolist() == COLORS.tolist()
    assert counts.min() > 0.5 * counts.mean()


def test_few_objects_or_none_have_colors_too():
    assert unlike_neighbors(np.zeros((0, 2))).tolist() == []
    assert unlike_neighbors(np.zeros((1, 2))).tolist() == [1]
    assert unlike_neighbors(np.zeros((3, 2))).tolist() == [1, 2, 3]
