import numpy as np

from segmenter.segment.tissue.atlas import OUTLINE, icbm152


def test_the_brain_ends_at_the_foramen_magnum():
    atlas = icbm152()
    outline = atlas.priors[..., OUTLINE]
    height = atlas.affine[2, 3] + atlas.spacing * np.arange(outline.shape[2])
    assert not outline[:, :, height < -66].any()
    assert (outline[:, :, (height > -60) & (height < 60)].max(axis=(0, 1)) > 0.9).all()
    assert atlas.brain[:, :, height < -66].any()  # the average goes on
