from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from segmenter.images.image import Image
from segmenter.segment.tissue.frame import frame_of
from segmenter.segment.tissue.segment import segment_tissue
from segmenter.segment.tissue.stripped import is_stripped, signal_of
from tests.phantom import head_phantom
from tests.segment.tissue.heads import T2, dice, head

SMALL = 0.62
"""Of a head that is as large as a brain is in others."""


def told_stripped(values, spacing):
    values = np.asarray(values, np.float32)
    signal = signal_of(values, np.ones(values.shape, bool))
    image = Image(values[..., np.newaxis], "gray", spacing=tuple(spacing))
    return is_stripped(values, signal, frame_of(image))


def small(spacing=(3.0, 3.0, 3.0), noise=3.0, lesion=False):
    made = head_phantom(spacing, noise=noise, lesion=lesion)
    return made.image.pixels[..., 0], made.brain, SMALL * np.array(spacing)


def without_air(values):
    inside = ndimage.binary_opening(values > 100, iterations=2)
    return values * ndimage.binary_fill_holes(ndimage.binary_closing(inside, iterations=2))


@pytest.mark.parametrize("noise", [1.0, 3.0, 12.0])
@pytest.mark.parametrize("spacing", [(2.0, 2.0, 2.0), (1.5, 1.5, 5.0)])
def test_a_small_head_is_not_a_stripped_brain(spacing, noise):
    values, brain, spacing = small(spacing, noise)
    assert not told_stripped(values, spacing)
    assert not told_stripped(without_air(values), spacing)
    assert told_stripped(values * brain, spacing)


def test_a_lesion_is_no_skull():
    values, brain, spacing = small(lesion=True)
    assert told_stripped(values * brain, spacing)


def test_a_stripped_brain_may_have_bright_fluid_and_fill_its_volume():
    made = head(T2)
    values = made.image.pixels[..., 0]
    assert told_stripped(values, made.image.spacing)
    box = ndimage.find_objects(made.brain.astype(int))[0]
    assert told_stripped(values[box], made.image.spacing)
    assert told_stripped(values[box][:, :, 15:25], made.image.spacing)
    assert told_stripped(values[25:40, 30:45, 20:40], made.image.spacing)  # from inside it


def test_the_brain_in_a_small_head_is_found():
    made = head_phantom((3.0, 3.0, 3.0))
    scale = np.diag([SMALL, SMALL, SMALL, 1.0])
    image = replace(made.image, spacing=(3 * SMALL,) * 3, affine=scale @ made.image.affine)
    found = segment_tissue(image)
    assert found.brain_mask_origin == "found"
    assert dice(found.brain_mask, made.brain, True) > 0.8
