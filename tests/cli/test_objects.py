import csv
import json

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image as PillowImage

from segmenter.cli.main import main


@pytest.fixture
def disks(tmp_path):
    """Six bright disks on a dark ground."""
    y, x = np.mgrid[:120, :180]
    pixels = np.full((120, 180), 20.0)
    for row in (30, 90):
        for column in (30, 90, 150):
            pixels[(y - row) ** 2 + (x - column) ** 2 < 14**2] = 170
    pixels = cv2.GaussianBlur(pixels, (0, 0), 1.5) + np.random.default_rng(0).normal(0, 3, y.shape)
    path = tmp_path / "disks.png"
    PillowImage.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path)
    return path


def test_objects_are_counted_and_measured(disks, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["objects", str(disks), "--json", "-o", str(out)]) == 0
    (summary,) = json.loads(capsys.readouterr().out)
    assert (summary["count"], summary["ground"]) == (6, "dark")
    labels = cv2.imread(str(out / "disks-labels.png"), cv2.IMREAD_UNCHANGED)
    assert labels.dtype == np.uint16
    with (out / "disks-table.csv").open() as file:
        areas = [int(row["area_px"]) for row in csv.DictReader(file)]
    assert areas == np.bincount(labels.ravel())[1:].tolist()
    assert areas == pytest.approx([np.pi * 14**2] * 6, rel=0.2)
    document = json.loads((out / "disks-outlines.geojson").read_text())
    assert [feature["properties"]["area"] for feature in document["features"]] == areas


def test_a_file_that_is_not_there_is_one_sentence(tmp_path, capsys):
    assert main(["objects", str(tmp_path / "none.png")]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_what_is_asked_for_is_written_and_a_bad_file_does_not_stop_the_others(
    disks, tmp_path, capsys
):
    out = tmp_path / "out"
    flags = ["--boundaries", "--overlay", "--table-json", "-o", str(out)]
    assert main(["objects", str(tmp_path / "none.png"), str(disks), str(disks), *flags]) == 2
    assert "6 objects on dark ground" in capsys.readouterr().out
    endings = (
        "boundaries.png",
        "labels.png",
        "outlines.geojson",
        "overlay.png",
        "table.csv",
        "table.json",
    )
    stems = ("disks", "disks-2")
    assert sorted(path.name for path in out.iterdir()) == sorted(
        f"{stem}-{ending}" for stem in stems for ending in endings
    )


def test_missing_pixels_are_left_out_where_asked(tmp_path, capsys):
    y, x = np.mgrid[:120, :180]
    pixels = np.random.default_rng(0).normal(0.1, 0.01, (120, 180)).astype(np.float32)
    for row in (30, 90):
        for column in (30, 90, 150):
            pixels[(y - row) ** 2 + (x - column) ** 2 < 14**2] += 0.5
    pixels[:60, :60] = np.nan
    path, out = tmp_path / "disks.tif", tmp_path / "out"
    tifffile.imwrite(path, pixels)
    assert main(["objects", str(path), "-o", str(out)]) == 2
    assert "1e18; add --skip-missing to leave them out." in capsys.readouterr().err
    assert main(["objects", str(path), "--skip-missing", "-o", str(out)]) == 0
    labels = cv2.imread(str(out / "disks-labels.png"), cv2.IMREAD_UNCHANGED)
    assert labels.max() == 5
    assert (labels[:60, :60] == 0).all()
