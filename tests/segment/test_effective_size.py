import pytest

from segmenter.segment.effective_size import effective_size


def test_the_same_picture_with_more_pixels_counts_the_same():
    assert effective_size((400, 600)) == pytest.approx(effective_size((4000, 6000)))
    assert effective_size((4000, 6000)) == pytest.approx(24 * 16)


@pytest.mark.parametrize("grid", [(1, 1), (3, 5), (1, 100), (10, 10)])
def test_never_more_than_the_pixels_there_are(grid):
    assert 1 <= effective_size(grid) <= grid[0] * grid[1]
