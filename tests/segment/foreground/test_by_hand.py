"""What a person does who does not click like a robot, on the photos that come with the program.

A first click finds a part; a click on an obviously missing large part then takes that part whole.
"""

import numpy as np
import pytest

from segmenter.images.read import read_image
from segmenter.images.samples import list_samples
from segmenter.segment.foreground import prepare_foreground, segment_foreground

# Boxes (x0, y0, x1, y1) that lie in one part of a photo for certain.
LEFT_OF_SUIT = [(90, 260, 140, 330), (180, 400, 220, 470), (100, 340, 140, 400)]
RIGHT_OF_SUIT = [(280, 260, 330, 320)]
FACE = [(195, 90, 245, 150)]
ELSEWHERE = [(0, 0, 70, 130), (380, 20, 500, 250)]  # a flag, a shuttle


@pytest.fixture(scope="module")
def prepared():
    found = {}

    def of(name):
        if name not in found:
            path = next(sample.path for sample in list_samples() if sample.name == name)
            found[name] = prepare_foreground(read_image(path))
        return found[name]

    return of


def clicked(prepared, clicks):
    """Masks after each click on the object (1) or off it (-1)."""
    result, masks = None, []
    for number in range(1, len(clicks) + 1):
        foreground, background = (
            [(x, y) for x, y, sign in clicks[:number] if sign == side] for side in (1, -1)
        )
        result = segment_foreground(prepared, None, foreground, background, previous=result)
        masks.append(result.mask)
    return masks


def covered(mask, boxes):
    return np.mean([mask[y0:y1, x0:x1].mean() for x0, y0, x1, y1 in boxes])


@pytest.mark.parametrize("face", [(225, 110), (250, 140), (205, 100)])
@pytest.mark.parametrize("suit", [(150, 330), (120, 400), (110, 380)])
def test_a_click_on_the_suit_adds_the_suit_to_the_face(prepared, face, suit):
    masks = clicked(prepared("astronaut"), [(*face, 1), (*suit, 1)])
    assert covered(masks[0], LEFT_OF_SUIT) < 0.1
    assert covered(masks[1], LEFT_OF_SUIT) > 0.8
    assert covered(masks[1], FACE) > 0.95
    assert covered(masks[1], ELSEWHERE) < 0.1


def test_a_click_on_what_of_the_suit_is_missing_adds_that_too(prepared):
    masks = clicked(prepared("astronaut"), [(225, 110, 1), (320, 300, 1), (120, 400, 1)])
    assert covered(masks[1], RIGHT_OF_SUIT) > 0.8
    assert covered(masks[2], LEFT_OF_SUIT + RIGHT_OF_SUIT) > 0.8
    assert covered(masks[2], FACE) > 0.95
    assert covered(masks[2], ELSEWHERE) < 0.1


@pytest.mark.parametrize("suit", [(150, 330), (300, 350), (230, 440)])
@pytest.mark.parametrize("face", [(225, 110), (250, 140)])
def test_a_click_on_the_face_adds_the_face_to_the_suit(prepared, suit, face):
    masks = clicked(prepared("astronaut"), [(*suit, 1), (*face, 1)])
    assert covered(masks[1], LEFT_OF_SUIT) > 0.8
    assert covered(masks[1], FACE) > 0.9
    assert covered(masks[1], ELSEWHERE) < 0.1


def test_a_click_off_the_face_takes_it_away_and_leaves_the_suit(prepared):
    box = (5, 2, 470, 510)
    whole = segment_foreground(prepared("astronaut"), box)
    rest = segment_foreground(prepared("astronaut"), box, (), [(225, 110)], previous=whole)
    assert covered(whole.mask, FACE + LEFT_OF_SUIT + RIGHT_OF_SUIT) > 0.95
    assert covered(rest.mask, FACE) < 0.1
    assert covered(rest.mask, LEFT_OF_SUIT + RIGHT_OF_SUIT) > 0.95


def test_clicks_along_a_face_add_the_face_to_an_eye(prepared):
    masks = clicked(prepared("cat"), [(200, 120, 1), (300, 250, 1), (120, 230, 1)])
    cheeks = [(280, 230, 320, 270), (120, 210, 150, 250), (180, 230, 240, 270)]
    assert covered(masks[0], cheeks) < 0.1
    assert covered(masks[2], cheeks) > 0.8
