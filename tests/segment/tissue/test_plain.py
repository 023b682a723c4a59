from segmenter.segment.tissue.recipe import TissueRecipe
from segmenter.segment.tissue.segment import segment_tissue
from tests.segment.tissue.heads import dice, head


def test_partial_volume_does_not_divide_a_tissue():
    """One covariance each: white matter's has half of it, and the rest goes to gray matter."""
    made = head()
    found = segment_tissue(made.image, made.brain, TissueRecipe(atlas="none"))
    assert dice(found.label_map, made.labels, 2) > 0.955
    assert dice(found.label_map, made.labels, 3) > 0.955
