from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

import segmenter
from segmenter.errors import ParameterError
from segmenter.images.image import Image

CENTERS = [(30, 30), (30, 62), (90, 40), (85, 120), (40, 140), (95, 170)]  # the first two touch


def disks(ground: float, heights: list[float], slope: float = 0.0) -> NDArray[np.float64]:
    y, x = np.mgrid[:130, :200]
    pixels = ground + slope * x
    for (row, column), height in zip(CENTERS, heights, strict=True):
        pixels = pixels + height * ((y - row) ** 2 + (x - column) ** 2 < 15.7**2)
    blurred = cv2.GaussianBlur(pixels, (0, 0), 1.5)
    return blurred + np.random.default_rng(0).normal(0, 1.5, y.shape)


def gray(pixels: NDArray[np.float64]) -> Image:
    return Image(pixels.clip(0, 255).astype(np.uint8)[..., None], "gray")


def found(objects: segmenter.Objects) -> list[int]:
    return [int(objects.label_map[center]) for center in CENTERS]


@pytest.mark.parametrize(
    ("ground", "heights", "slope"),
    [
        (20, [150] * 6, 0.0),
        (220, [-120] * 6, 0.0),
        (20, [150, 60, 40, 150, 80, 50], 0.0),
        (20, [90] * 6, 0.3),
    ],
    ids=["bright on dark", "dark on bright", "some dim", "uneven ground"],
)
def test_each_object_gets_a_label(ground: float, heights: list[float], slope: float) -> None:
    objects = segmenter.segment_objects(gray(disks(ground, heights, slope)))
    assert objects.ground == ("dark" if heights[0] > 0 else "bright")
    assert sorted(found(objects)) == [1, 2, 3, 4, 5, 6]
    assert objects.n_labels == 6
    for measured in objects.measurements:
        assert measured.size == pytest.approx(np.pi * 15.7**2, rel=0.25)


def test_the_ground_can_be_told_and_small_objects_left_out() -> None:
    pixels = disks(20, [150] * 6)
    pixels[118:124, 30:36] += 120
    objects = segmenter.segment_objects(gray(pixels), ground="dark", min_size=200)
    assert sorted(found(objects)) == [1, 2, 3, 4, 5, 6]
    assert objects.n_labels == 6


def test_transparent_places_hold_no_object() -> None:
    alpha = np.full((130, 200), 255, np.uint8)
    alpha[:, :80] = 0
    image = gray(disks(20, [150] * 6))
    objects = segmenter.segment_objects(Image(image.pixels, "gray", alpha=alpha))
    assert (objects.label_map[:, :80] == 0).all()
    assert objects.n_labels == 3


def test_a_flat_image_holds_no_object() -> None:
    objects = segmenter.segment_objects(Image(np.full((40, 50, 3), 90, np.uint8), "rgb"))
    assert objects.n_labels == 0
    assert objects.measurements == ()


def test_volumes_and_unknown_grounds_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"a volume, and .*; read it as regions"):
        segmenter.segment_objects(Image(np.zeros((4, 5, 6, 1), np.uint8), "gray"))
    with pytest.raises(ParameterError, match="gray"):
        segmenter.segment_objects(Image(np.zeros((4, 5, 1), np.uint8), "gray"), ground="gray")


def test_bright_objects_in_two_channels_lie_on_dark_ground() -> None:
    one, other = disks(20, [150] * 6), disks(20, [90] * 6)
    pixels = np.stack([one, other], axis=-1).clip(0, 255).astype(np.uint8)
    assert segmenter.segment_objects(Image(pixels, "channels")).ground == "dark"
    assert segmenter.segment_objects(Image(255 - pixels, "channels")).ground == "bright"
