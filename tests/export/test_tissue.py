import csv
import json
from dataclasses import replace

import nibabel
import numpy as np
import pytest

from segmenter.export.tissue import TissueExport, export_tissue, planned_tissue_names
from segmenter.images.read import read_image
from segmenter.segment.labels import Color, Label
from segmenter.segment.tissue.recipe import TissueRecipe
from segmenter.segment.tissue.segment import TISSUE_NAMES, segment_tissue
from segmenter.work import finish
from tests.images.dicom_files import save_series
from tests.phantom import head_phantom


@pytest.fixture(scope="module")
def head():
    return head_phantom((6.0, 6.0, 8.0), "LSP", turn=15.0)


@pytest.fixture(scope="module")
def corrected(head):
    recipe = TissueRecipe(atlas="none", names=TISSUE_NAMES)
    tissue = segment_tissue(head.image, head.brain, recipe)
    label_map = tissue.label_map.copy()
    label_map[:, :4] = 2
    return TissueExport(tissue, label_map, {"Corrections": 1})


def read(path):
    return nibabel.load(path)


def test_everything_is_written_on_the_scans_grid_as_it_was_shown(corrected, head, tmp_path):
    kinds = frozenset(corrected.kinds)
    written = finish(export_tissue(corrected, tmp_path, kinds))
    names = planned_tissue_names(corrected, kinds)
    assert {path.name for path in tmp_path.iterdir()} == set(names)
    assert {each.path.name for each in written} <= set(names)
    labels = read(tmp_path / "phantom_dseg.nii.gz")
    assert (np.asarray(labels.dataobj) == corrected.label_map).all()
    assert labels.affine == pytest.approx(head.image.affine, abs=1e-4)
    tissue = corrected.tissue
    for value, name in ((1, "CSF"), (2, "GM"), (3, "WM")):
        posterior = read(tmp_path / f"phantom_label-{name}_probseg.nii.gz")
        assert (np.asarray(posterior.dataobj) == tissue.posterior(value)).all()
        fraction = read(tmp_path / f"phantom_label-{name}_desc-fraction_probseg.nii.gz")
        assert (np.asarray(fraction.dataobj) == tissue.fraction(value)).all()
    for name, values in (
        ("brain_mask", tissue.brain_mask),
        ("bias_field", tissue.bias_field),
        ("outliers_pvalues", tissue.outliers),
    ):
        found = np.asarray(read(tmp_path / f"phantom_desc-{name}.nii.gz").dataobj)
        assert (found == values).all()


def test_the_table_has_the_milliliters_of_the_label_map_that_is_written(corrected, tmp_path):
    finish(export_tissue(corrected, tmp_path, frozenset(["volumes"])))
    with (tmp_path / "phantom_volumes.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == ["Cerebrospinal fluid", "Gray matter", "White matter"]
    for value, row in enumerate(rows, 1):
        count = np.count_nonzero(corrected.label_map == value)
        assert float(row["volume_ml"]) == pytest.approx(count * 6 * 6 * 8 / 1000)
        assert float(row["low_ml"]) <= float(row["expected_ml"]) <= float(row["high_ml"])
    figures = json.loads((tmp_path / "phantom_volumes.json").read_text())
    assert figures["Corrections"] == 1
    assert "corrected by hand" in figures["notes"][-1]
    assert TissueRecipe(**figures["Recipe"]) == corrected.tissue.recipe


def test_probabilities_of_some_labels_alone(corrected):
    names = planned_tissue_names(corrected, frozenset(["posteriors"]), (2,))
    assert names == ("phantom_label-GM_probseg.nii.gz", "phantom_label-GM_probseg.json")


def test_fractions_say_that_they_are_some(corrected, tmp_path):
    finish(export_tissue(corrected, tmp_path, frozenset(["fractions"]), (3,)))
    (description,) = tmp_path.glob("*.json")
    assert description.name == "phantom_label-WM_desc-fraction_probseg.json"
    told = json.loads(description.read_text())["Description"]
    assert told == "Fraction of white matter, 0 to 1"


def test_other_tissues_have_names_of_their_own(head):
    tissue = segment_tissue(head.image, head.brain, TissueRecipe(atlas="none", n_tissues=2))
    export = TissueExport(tissue, tissue.label_map, {})
    names = planned_tissue_names(export, frozenset(["posteriors"]))
    assert [name for name in names if name.endswith(".gz")] == [
        "phantom_label-Tissue1_probseg.nii.gz",
        "phantom_label-Tissue2_probseg.nii.gz",
    ]


def test_names_and_colors_that_the_user_gave_are_written(corrected, tmp_path):
    labels = (
        Label(1, "Cerebrospinal fluid", Color(9, 8, 7)),
        Label(2, "Cortex", Color(1, 2, 3)),
        Label(3, "White matter", Color(4, 5, 6)),
    )
    export = replace(corrected, labels=labels)
    finish(export_tissue(export, tmp_path, frozenset(["labels", "volumes"])))
    with (tmp_path / "phantom_dseg.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert [row["name"] for row in rows] == ["Cerebrospinal fluid", "Cortex", "White matter"]
    assert [row["color"].lower() for row in rows] == ["#090807", "#010203", "#040506"]
    assert [row["mapping"] for row in rows] == ["3", "n/a", "2"]
    names = planned_tissue_names(export, frozenset(["posteriors"]), (2,))
    assert names[0] == "phantom_label-Cortex2_probseg.nii.gz"
    assert "Cortex" in (tmp_path / "phantom_volumes.csv").read_text()


def test_slices_are_written_as_pictures_of_the_labels(corrected, tmp_path):
    names = planned_tissue_names(corrected, frozenset(["slices"]))
    written = finish(export_tissue(corrected, tmp_path, frozenset(["slices"])))
    assert {path.name for path in tmp_path.iterdir()} == set(names)
    assert len(written) == corrected.label_map.shape[1]  # the grid's second axis goes up


def test_a_dicom_series_gets_a_dicom_segmentation(tmp_path):
    values = 100 * np.arange(6)[:, None, None] + np.random.default_rng(0).normal(50, 9, (6, 30, 20))
    folder = save_series(tmp_path / "scan", values.clip(0).astype(np.uint16))
    image = read_image(folder)
    recipe = TissueRecipe(atlas="none", bias=False)
    tissue = segment_tissue(image, np.ones(image.grid, bool), recipe)
    export = TissueExport(tissue, tissue.label_map, {})
    assert "dicom" in export.kinds
    (written,) = finish(export_tissue(export, tmp_path, frozenset(["dicom"])))
    assert written.path.suffix == ".dcm"
    assert written.path.is_file()


def test_other_scans_get_none(corrected):
    assert "dicom" not in corrected.kinds
    assert planned_tissue_names(corrected, frozenset(["dicom"])) == ()
