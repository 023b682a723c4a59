import numpy as np

from segmenter.images.image import Image
from segmenter.segment.colors import colors_of
from segmenter.segment.foreground.hierarchy import hierarchy_of
from segmenter.segment.foreground.views import view_of


def hierarchy(pixels):
    image = Image(pixels, "rgb")
    return hierarchy_of(view_of(pixels, None, colors_of(image), 8000, image.grid))


def test_regions_of_one_color_join_before_they_join_others():
    labels = np.zeros((60, 90), int)
    labels[:, 30:60], labels[:, 60:] = 1, 2
    colors = np.array([[200, 40, 40], [40, 200, 40], [40, 60, 220]])
    noise = np.random.default_rng(0).integers(-4, 5, (60, 90, 3))
    levels = hierarchy((colors[labels] + noise).astype(np.uint8)).levels_from(30, 10)
    assert levels[30, 10] == 0
    assert levels[:, :28].max() < levels[:, 32:].min()


def test_merges_make_one_tree_with_rising_heights():
    pixels = np.random.default_rng(1).integers(0, 255, (50, 70, 3), np.uint8)
    tree = hierarchy(pixels)
    n = len(tree.merges) + 1
    assert tree.patches.max() == n - 1
    assert sorted(tree.merges.ravel()) == list(range(2 * n - 2))
    assert (np.diff(tree.heights) >= 0).all()


def test_levels_are_an_ultrametric():
    pixels = np.random.default_rng(2).integers(0, 255, (40, 40, 3), np.uint8)
    tree = hierarchy(pixels)
    random = np.random.default_rng(3)
    for _ in range(20):
        (a, b, c) = random.integers(0, 40, (3, 2))
        from_a, from_b = tree.levels_from(*a), tree.levels_from(*b)
        assert from_a[tuple(b)] == from_b[tuple(a)]
        assert from_a[tuple(c)] <= max(from_a[tuple(b)], from_b[tuple(c)])
