import csv
import json

import cv2
import numpy as np
import pytest
from PIL import Image as PillowImage

from segmenter.errors import WriteError
from segmenter.export.boundaries import boundary_mask
from segmenter.export.masks import KINDS, ExportChoice, export_regions, kinds_of, planned_names
from segmenter.images.image import Image, Source
from segmenter.segment.labels import Label, default_label, default_labels
from segmenter.segment.objects.picked import FoundObjects, pick_objects
from segmenter.segment.recipe import RegionsRecipe
from segmenter.segment.regions import segment_regions
from segmenter.work import finish


@pytest.fixture(scope="module")
def regions():
    """Regions of a two-color image whose first rows are transparent."""
    pixels = np.where(np.arange(32) < 12, 60, 190)[None, :, None] * np.ones((24, 1, 3))
    noise = np.random.default_rng(0).integers(-9, 10, pixels.shape)
    alpha = np.full((24, 32), 255, np.uint8)
    alpha[:3] = 0
    image = Image((pixels + noise).astype(np.uint8), "rgb", alpha=alpha, source=Source("photo.png"))
    return segment_regions(image, 2)


LABELS = [default_label(1), Label(2, "Sky / left: “blue”", default_label(2).color)]


def exported(regions, folder, kinds, **choice):
    work = export_regions(
        regions, LABELS, folder, "photo", ExportChoice(frozenset(kinds), **choice)
    )
    return finish(work)


def test_every_kind_is_written_where_planned(regions, tmp_path):
    choice = ExportChoice(frozenset(KINDS))
    planned = planned_names(regions, LABELS, "photo", choice)
    written = exported(regions, tmp_path, KINDS)
    assert [item.path.name for item in written] == list(planned)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(planned)
    assert len(planned) == 7 + 3 * 2


def test_label_files_hold_the_label_map(regions, tmp_path):
    exported(regions, tmp_path, {"values", "indexed"}, bits=16)
    values = cv2.imread(str(tmp_path / "photo-labels.png"), cv2.IMREAD_UNCHANGED)
    assert values.dtype == np.uint16
    np.testing.assert_array_equal(values, regions.label_map)
    indexed = PillowImage.open(tmp_path / "photo-colors.png")
    np.testing.assert_array_equal(np.asarray(indexed), regions.label_map)
    assert tuple(indexed.getpalette()[3:6]) == LABELS[0].color


def test_soft_masks_are_the_posteriors(regions, tmp_path):
    exported(regions, tmp_path, {"soft"}, bits=16)
    for label in LABELS:
        (path,) = tmp_path.glob(f"photo-{label.value}-*-soft.png")
        read = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        np.testing.assert_array_equal(
            read, np.rint(regions.posterior(label.value) * np.float32(65535))
        )


def test_cutouts_keep_the_pixels_and_leave_out_the_transparent_ones(regions, tmp_path):
    exported(regions, tmp_path, {"cutouts"}, values=(2,))
    (path,) = tmp_path.iterdir()
    rgba = np.asarray(PillowImage.open(path))
    inside = regions.label_map == 2
    np.testing.assert_array_equal(rgba[..., 3], np.where(inside, 255, 0))
    np.testing.assert_array_equal(rgba[inside][:, :3], regions.image.pixels[inside])


def test_any_label_name_gives_a_file_name(regions, tmp_path):
    exported(regions, tmp_path, {"masks"}, values=(2,))
    assert [path.name for path in tmp_path.iterdir()] == ["photo-2-sky-left-blue.png"]


def test_every_file_says_where_it_comes_from(regions, tmp_path):
    exported(regions, tmp_path, {"values"})
    text = PillowImage.open(tmp_path / "photo-labels.png").text
    assert text["Source"] == "photo.png"
    assert RegionsRecipe(**json.loads(text["Segmenter recipe"])) == regions.resolved_recipe
    assert json.loads(text["Segmenter labels"])[1]["name"] == LABELS[1].name


def test_the_same_regions_give_the_same_bytes(regions, tmp_path):
    first = exported(regions, tmp_path / "a", KINDS)
    second = exported(regions, tmp_path / "b", KINDS)
    for one, other in zip(first, second, strict=True):
        assert one.path.read_bytes() == other.path.read_bytes()


def test_a_folder_that_is_a_file_is_refused_and_stays(regions, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("precious")
    with pytest.raises(WriteError):
        exported(regions, blocked, {"masks"})
    assert blocked.read_text() == "precious"


def test_the_table_and_the_outlines_measure_the_label_map(regions, tmp_path):
    exported(regions, tmp_path, {"table", "outlines"})
    with (tmp_path / "photo-table.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["area_px"]) for row in rows] == [
        (regions.label_map == label.value).sum() for label in LABELS
    ]
    assert [row["name"] for row in rows] == [label.name for label in LABELS]
    document = json.loads((tmp_path / "photo-outlines.geojson").read_text())
    areas = [0.0, 0.0]
    for feature in document["features"]:
        areas[feature["properties"]["label"] - 1] += feature["properties"]["area"]
        for ring in feature["geometry"]["coordinates"]:
            assert ring[0] == ring[-1]
    assert areas == [int(row["area_px"]) for row in rows]


def test_the_table_as_json_holds_what_the_csv_does(regions, tmp_path):
    exported(regions, tmp_path, {"table", "table_json"})
    rows = json.loads((tmp_path / "photo-table.json").read_text())
    with (tmp_path / "photo-table.csv").open() as file:
        assert [{key: str(each) for key, each in row.items()} for row in rows] == list(
            csv.DictReader(file)
        )


def test_boundaries_are_a_mask_of_0_and_255(regions, tmp_path):
    (written,) = exported(regions, tmp_path, {"boundaries"})
    read = cv2.imread(str(written.path), cv2.IMREAD_UNCHANGED)
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, np.where(boundary_mask(regions.label_map), 255, 0))
    assert written.description.startswith("255 where")


def test_objects_are_exported_without_probabilities(tmp_path):
    numbers = np.zeros((20, 30), np.int32)
    numbers[3:8, 3:9], numbers[12:17, 15:22] = 1, 2
    found = FoundObjects(Image((numbers * 90).astype(np.uint8)[..., None], "gray"), "dark", numbers)
    objects = pick_objects(found, RegionsRecipe(reading="objects"))
    labels = default_labels(objects)
    assert "soft" not in kinds_of(objects)
    work = export_regions(
        objects, labels, tmp_path, "cells", ExportChoice(frozenset(KINDS), bits=16)
    )
    names = {each.path.name for each in finish(work)}
    assert {"cells-labels.png", "cells-table.csv", "cells-1-object-1.png"} <= names
    assert not [name for name in names if "soft" in name]
    read = cv2.imread(str(tmp_path / "cells-labels.png"), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(read, numbers)


def test_more_labels_than_8_bits_hold_are_written_with_16(tmp_path):
    places = np.arange(320)[:, None] * np.ones((1, 4))
    checks = ((places % 2) * 90 + places * 0.3).astype(np.uint8)
    pixels = np.repeat(np.repeat(checks[..., None], 3, axis=2), 6, axis=0).repeat(6, axis=1)
    parts = segment_regions(Image(pixels, "rgb"), 300, reading="regions")
    labels = [default_label(value) for value in range(1, parts.n_labels + 1)]
    assert len(labels) > 255
    choice = ExportChoice(frozenset({"values", "indexed"}))
    (written,) = finish(export_regions(parts, labels, tmp_path, "photo", choice))
    read = cv2.imread(str(written.path), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(read, parts.label_map)
