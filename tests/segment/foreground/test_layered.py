import numpy as np
import pytest

from segmenter.segment.foreground import prepare_foreground, segment_foreground
from segmenter.segment.foreground.layered import label_map_of, layered, united_matte_steps
from segmenter.segment.foreground.matte import matte_steps
from segmenter.work import finish


@pytest.fixture(scope="module")
def objects(scene):
    """The disk, and a half of the image that is under its left part."""
    prepared = prepare_foreground(scene.image)
    disk = segment_foreground(prepared, foreground=[(96, 60)])
    hints = np.full(scene.image.grid, -1, np.int8)
    hints[:, :90] = 1
    return disk, segment_foreground(prepared, hints=hints)


def test_the_upper_object_has_what_both_cover(objects):
    disk, half = objects
    both = disk.mask & half.mask
    assert both.any()
    for order, winner in (((7, 3), 7), ((3, 7), 3)):
        found = {7: disk, 3: half}
        label_map = label_map_of({value: found[value] for value in order})
        assert (label_map[both] == winner).all()
        assert (label_map[disk.mask & ~half.mask] == 7).all()
        assert (label_map[half.mask & ~disk.mask] == 3).all()
        assert (label_map == 0)[~(disk.mask | half.mask)].all()


def test_objects_lose_what_upper_ones_cover_and_are_whole_otherwise(objects):
    disk, half = objects
    found = {7: disk, 3: half}
    remaining = layered(found, label_map_of(found))
    assert remaining[7] is disk
    np.testing.assert_array_equal(remaining[3].mask, half.mask & ~disk.mask)
    assert remaining[3].cut is half.cut


def test_no_ground_is_seen_where_two_objects_touch(objects):
    """Alone each is half transparent along the border they share; together they are not."""
    disk, half = layered(
        {7: objects[0], 3: objects[1]}, label_map_of({7: objects[0], 3: objects[1]})
    ).values()
    whole = disk.mask | half.mask
    alone = [finish(matte_steps(each)) for each in (disk, half)]
    united = finish(united_matte_steps([(disk, None), (half, None)]))
    total = np.minimum(alone[0].alpha + alone[1].alpha, 1)
    np.testing.assert_allclose(united.alpha, total, atol=1e-6)
    inside = alone[0].alpha == 1
    np.testing.assert_array_equal(united.image.pixels[inside], alone[0].image.pixels[inside])
    mixed = (alone[0].alpha > 0) & (alone[1].alpha > 0) & whole
    assert mixed.any()
    both = np.stack([each.image.pixels[mixed] for each in alone]).astype(int)
    assert (united.image.pixels[mixed] >= both.min(axis=0)).all()
    assert (united.image.pixels[mixed] <= both.max(axis=0)).all()
