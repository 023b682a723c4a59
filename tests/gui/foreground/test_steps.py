import numpy as np
import pytest

from segmenter.errors import ParameterError
from segmenter.gui.foreground.steps import cut_steps, prepare_steps
from segmenter.images.image import Image
from segmenter.images.read import read_image
from segmenter.session.marks import NO_MARKS, Click, Stroke
from segmenter.work import finish


@pytest.fixture(scope="module")
def ready():
    return finish(prepare_steps(read_image("sample:coffee")))


def test_marks_give_the_same_object_at_once_and_one_after_the_other(ready):
    marks, known = NO_MARKS, {}
    for mark in (
        Click((285.0, 152.0), True),
        Click((124.0, 152.0), False),
        Click((285.0, 227.0), True),
        Stroke(((300.0, 90.0), (330.0, 110.0)), 9, False),
        Click((420.0, 175.0), True),
    ):
        marks = marks.with_mark(mark)
        known[marks] = finish(cut_steps(ready, marks, known))
    at_once = finish(cut_steps(ready, marks, {}))
    np.testing.assert_array_equal(at_once.mask, known[marks].mask)


def test_an_outline_amid_one_color_is_a_guess(ready):
    pixels = np.full((200, 300, 3), 120, np.uint8)
    pixels[0, 0] = 0
    plain = finish(prepare_steps(Image(pixels, "rgb")))
    click = NO_MARKS.with_mark(Click((150.0, 100.0), True))
    assert finish(cut_steps(plain, click, {})).is_guess
    pixels = pixels.copy()
    pixels[60:140, 110:190] = 200
    square = finish(prepare_steps(Image(pixels, "rgb")))
    assert not finish(cut_steps(square, click, {})).is_guess
    coffee = NO_MARKS.with_mark(Click((285.0, 152.0), True))
    assert not finish(cut_steps(ready, coffee, {})).is_guess


def test_what_cannot_be_cut_yet_is_worked_in_later(ready):
    background, both = (
        NO_MARKS.with_mark(Click((20.0, 20.0), False)),
        NO_MARKS.with_mark(Click((20.0, 20.0), False)).with_mark(Click((285.0, 152.0), True)),
    )
    with pytest.raises(ParameterError, match="Only background"):
        finish(cut_steps(ready, background, {}))
    mask = finish(cut_steps(ready, both, {})).mask
    assert mask[152, 285]
    assert not mask[20, 20]
