import numpy as np

from segmenter.gui.canvas.outline import outline_steps
from segmenter.gui.canvas.tables import label_table
from segmenter.segment.labels import default_label
from segmenter.work import finish

TABLE = label_table([default_label(1), default_label(2)])


def halves():
    labels = np.ones((20, 20), np.uint8)
    labels[:, 10:] = 2
    return labels


def test_lines_are_as_wide_at_any_zoom_and_lie_on_the_border():
    seen = (5.0, 5.0, 15.0, 15.0)
    for zoom in (3.0, 8.0):
        levels = finish(outline_steps(halves(), TABLE, seen, zoom))
        picture = levels.levels[0].pixels
        opaque = np.flatnonzero(picture[0, :, 3] == 255)
        assert len(opaque) == 2
        border = levels.left + (opaque[1] * levels.levels[0].factor)
        assert abs(border - 10) < 1 / zoom


def test_lines_are_wider_where_pixels_of_the_screen_are_smaller():
    for width in (1, 2, 3):
        levels = finish(outline_steps(halves(), TABLE, (5.0, 5.0, 15.0, 15.0), 8.0, width=width))
        picture = levels.levels[0].pixels
        assert (picture[0, :, 3] == 255).sum() == 2 * width  # on both sides of the border


def test_a_part_beyond_the_edge_is_cut_at_it():
    levels = finish(outline_steps(halves(), TABLE, (-50.0, -50.0, 70.0, 70.0), 2.0))
    assert (levels.left, levels.top, levels.width, levels.height) == (0, 0, 20, 20)
