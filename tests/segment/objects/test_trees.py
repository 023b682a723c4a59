import numpy as np

from segmenter.segment.objects.quality import learned
from segmenter.segment.objects.trees import BLOCK, NEVER, Trees

TREES = Trees(
    0.5,
    np.array([[0, 1, 2], [2, 0, 0]], np.int32),
    np.array([[0.0, 1.0, 5.0], [3.0, NEVER, NEVER]], np.float32),
    np.array([[1, 2, 4, 8], [0, 0, 16, 16]], np.float32),
)


def test_a_tree_asks_twice_and_traits_of_all_rows_come_last() -> None:
    rows = np.array([[-1, 0], [-1, 2], [1, 0], [0, 2]], np.float32)
    assert TREES.odds(rows, np.array([0.0])).tolist() == [1.5, 2.5, 4.5, 2.5]
    assert TREES.odds(rows, np.array([6.0])).tolist() == [17.5, 18.5, 24.5, 18.5]


def test_many_rows_are_each_judged_alone() -> None:
    rows = np.random.default_rng(0).normal(size=(2 * BLOCK + 7, 2)).astype(np.float32)
    odds = TREES.odds(rows, np.array([4.0]))
    some = np.array([0, 1023, 1024, BLOCK - 1, BLOCK, len(rows) - 1])
    alone = [TREES.odds(rows[[at]], np.array([4.0])).item() for at in some]
    assert odds[some].tolist() == alone
    assert TREES.odds(rows[:0], np.array([4.0])).shape == (0,)


def test_the_shipped_trees_never_find_a_higher_pixel_less_likely() -> None:
    trees = learned().pixels.trees
    middle = trees.thresholds[trees.thresholds < NEVER].mean()
    rows = np.full((50, 9), middle, np.float32)
    for trait in (0, 1, 8):  # heights beside the ground, and the promise
        rising = rows.copy()
        rising[:, trait] = np.linspace(-3, 3, 50)
        assert (np.diff(trees.odds(rising, np.zeros(4))) >= -1e-5).all()
    rising[:, 8], rising[:, 6] = middle, np.linspace(-1, 2, 50)  # away from the outline
    assert (np.diff(trees.odds(rising, np.zeros(4))) <= 1e-5).all()
