from dataclasses import replace

import numpy as np

from segmenter.images.image import Image
from segmenter.segment.labels import default_label
from segmenter.segment.recipe import RegionsRecipe
from segmenter.session.document import Document

RECIPE = RegionsRecipe()
DOCUMENT = Document(Image(np.zeros((2, 2, 1), np.uint8), "gray"), RECIPE)
SKY = replace(default_label(2), name="sky")


def test_labels_belong_to_the_result_they_were_given_to():
    named = DOCUMENT.with_labels([SKY], RECIPE)
    assert named.labels_are_current
    assert not replace(named, recipe=RegionsRecipe(n_regions=3)).labels_are_current
    assert replace(DOCUMENT, recipe=RegionsRecipe(n_regions=3)).labels_are_current
