from dataclasses import replace

import numpy as np
import pytest

from segmenter.errors import ParameterError
from segmenter.images.geometry import canonical_affine, to_canonical
from segmenter.images.image import Image
from segmenter.segment.tissue.brain import mask_of
from segmenter.segment.tissue.segment import segment_tissue
from tests.phantom import head_phantom
from tests.segment.tissue.heads import dice, head


def test_the_brain_in_a_head_is_found():
    made = head(skull=True, spacing=(3.0, 3.0, 3.0))
    found = segment_tissue(made.image)
    assert found.brain_mask_origin == "found"
    assert dice(found.brain_mask, made.brain, True) > 0.95
    assert dice(found.label_map, made.labels, 3) > 0.9
    assert any("look at the mask" in note for note in found.notes)


def test_fine_voxels_are_looked_at_in_blocks():
    made = head(skull=True, spacing=(1.25, 4.0, 3.0))
    found = segment_tissue(made.image)
    assert dice(found.brain_mask, made.brain, True) > 0.93


def test_what_is_no_head_is_refused():
    noise = np.random.default_rng(0).random((60, 60, 60, 1)).astype(np.float32)
    tiny = replace(head().image, pixels=noise, spacing=(0.5,) * 3, affine=None)
    with pytest.raises(ParameterError):
        segment_tissue(tiny, np.zeros((60, 60, 60), bool))


def test_a_mask_saved_in_another_order_of_axes_is_turned():
    scan = head_phantom((4.0, 4.0, 6.0), "LPS", turn=10.0)
    turned = to_canonical(scan.brain, scan.image.affine)
    affine = canonical_affine(scan.image.affine, scan.image.grid)
    mask = Image(np.ascontiguousarray(turned[..., None]).astype(np.uint8), "gray", affine=affine)
    assert (mask_of(mask, scan.image) == scan.brain).all()
    moved = replace(mask, affine=affine + np.array([[0, 0, 0, 8.0]] + 3 * [[0.0] * 4]))
    with pytest.raises(ParameterError, match="different places"):
        mask_of(moved, scan.image)
