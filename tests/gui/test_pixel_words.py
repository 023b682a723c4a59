import numpy as np
import pytest

from segmenter.gui.pixel_words import (
    amount_text,
    describe_labels,
    describe_object,
    describe_pixel,
    describe_source,
    ml_text,
    share_text,
)
from segmenter.images.image import Image, Source
from segmenter.segment.labels import Label, default_label
from segmenter.segment.regions import segment_regions
from segmenter.session.objects import MarkedObject, object_label


def nothing(row, column):
    return ""


@pytest.mark.parametrize(
    ("pixel", "dtype", "space", "words"),
    [
        ((1, 20, 255), np.uint8, "rgb", "2, 1      RGB 1 20 255"),
        ((40000,), np.uint16, "gray", "2, 1      40000"),
        ((0.123456789,), np.float32, "gray", "2, 1      0.1235"),
        ((7, 8), np.uint8, "channels", "2, 1      7 8"),
    ],
)
def test_a_pixel_is_told_in_its_own_values(pixel, dtype, space, words):
    pixels = np.zeros((3, 4, len(pixel)), dtype)
    pixels[1, 2] = pixel
    assert describe_pixel(Image(pixels, space), nothing, 1, 2) == words


def test_the_probable_labels_come_by_name_the_most_probable_first(make_photo):
    regions = segment_regions(Image(make_photo(20, 24), "rgb"), 4, smoothness=0.0)
    labels = [default_label(value) for value in range(1, 5)]
    posteriors = regions.posteriors_at(3, 3)
    words = describe_labels(regions, labels, 3, 3)
    assert f"{labels[posteriors.argmax()].name} {posteriors.max():.0%}".replace("%", " %") in words


def test_of_a_long_name_the_beginning_is_told_so_that_the_number_is_seen(make_photo):
    regions = segment_regions(Image(make_photo(20, 24), "rgb"), 4, smoothness=0.0)
    labels = [Label(value, f"{value} is a very long name " * 4, (9, 9, 9)) for value in range(1, 5)]
    words = describe_labels(regions, labels, 3, 3)
    name, _, number = words.partition("… ")
    assert " is a very long" in name
    assert number == f"{regions.posteriors_at(3, 3).max():.0%}".replace("%", " %")


def test_pixels_that_take_no_part_say_why():
    alpha = np.array([[0, 255]], np.uint8)
    transparent = Image(np.zeros((1, 2, 3), np.uint8), "rgb", alpha)
    assert describe_pixel(transparent, nothing, 0, 0).endswith("transparent")
    missing = Image(np.zeros((1, 2, 1)), "gray", missing=np.array([[True, False]]))
    assert describe_pixel(missing, nothing, 0, 0).endswith("no value")


def test_a_pixel_is_said_to_be_of_its_object():
    label_map = np.array([[0, 1, 2]], np.uint8)
    first, second = (MarkedObject(object_label(value)) for value in (1, 2))
    alone = [describe_object(label_map, (first,), 0, column) for column in range(2)]
    assert alone == ["background", "object"]
    several = [describe_object(label_map, (second, first), 0, column) for column in range(3)]
    assert several == ["background", "Object 1", "Object 2"]


def test_what_was_done_on_the_way_in_is_told():
    notes = ("turned by its EXIF orientation",)
    image = Image(
        np.zeros((3, 4, 1), np.uint8), "gray", source=Source("a", None, "JPEG", 0, 1, notes)
    )
    assert describe_source(image) == "4 x 3   JPEG   turned by its EXIF orientation"


def test_a_share_that_is_nearly_nothing_is_not_0():
    assert [share_text(share) for share in (0.0, 0.0004, 0.0123, 1.0)] == [
        "0.0 %",
        "< 0.1 %",
        "1.2 %",
        "100.0 %",
    ]


def test_a_few_voxels_are_told_in_cubic_millimeters():
    assert ml_text(0.004) == "4 mm³"
    assert [ml_text(ml) for ml in (0.01, 2.345, 1414.2)] == ["0.01 ml", "2.3 ml", "1414 ml"]


def test_amounts_are_milliliters_where_voxels_have_a_size():
    affine = np.diag((2.0, 2.0, 2.5, 1.0))
    pixels = np.zeros((10, 10, 10, 1), np.uint8)
    assert amount_text(Image(pixels, "gray", affine=affine), 0.5) == "5.0 ml"
    missing = np.zeros((10, 10, 10), bool)
    missing[:5] = True
    assert amount_text(Image(pixels, "gray", affine=affine, missing=missing), 0.5) == "2.5 ml"
    assert amount_text(Image(pixels[0], "gray"), 0.5) == "50.0 %"
