import json

import nibabel as nib
import numpy as np
from PIL import Image as PillowImage

from segmenter.cli.main import main
from tests.images.dicom_files import AXIAL, dataset, save, save_series


def test_says_what_a_file_holds(tmp_path, capsys):
    path = tmp_path / "photo.jpg"
    PillowImage.fromarray(np.zeros((20, 30, 3), np.uint8)).save(path)
    assert main(["info", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "JPEG" in shown
    assert "30 x 20" in shown


def test_json_has_an_item_for_each_file_that_can_be_read(tmp_path, capsys):
    path = tmp_path / "gray.png"
    PillowImage.fromarray(np.zeros((20, 30), np.uint16)).save(path)
    assert main(["info", "--json", str(path), str(tmp_path / "nothing.png")]) == 2
    printed = capsys.readouterr()
    (item,) = json.loads(printed.out)
    assert (item["width"], item["height"], item["dtype"]) == (30, 20, "uint16")
    assert "nothing.png" in printed.err


def test_says_what_a_volume_holds(tmp_path, capsys):
    path = tmp_path / "scan.nii.gz"
    volumes = np.zeros((4, 5, 6, 2), np.int16)
    stored = nib.Nifti1Image(volumes, np.diag([-1000, 2000.0, 3000.0, 1]))
    stored.header.set_xyzt_units("micron")
    nib.save(stored, path)
    assert main(["info", str(path)]) == 0
    shown = capsys.readouterr().out
    for words in (
        "NIfTI",
        "4 x 5 x 6 voxels",
        "1 x 2 x 3 mm",
        "LAS",
        "µm",
        "int16",
        "volumes       2",
    ):
        assert words in shown
    assert main(["info", "--json", str(path)]) == 0
    (item,) = json.loads(capsys.readouterr().out)
    assert (item["grid"], item["orientation"], item["n_volumes"]) == ([4, 5, 6], "LAS", 2)


def test_says_what_a_folder_of_scans_holds_beside_files_that_cannot_be_read(tmp_path, capsys):
    (tmp_path / "sub-02").mkdir()
    for name in ("sub-01_T1w.nii.gz", "sub-02/T2w.nii.gz"):
        nib.save(nib.Nifti1Image(np.zeros((4, 5, 6), np.int16), np.eye(4)), tmp_path / name)
    (tmp_path / "sub-02/bad.nii").write_bytes(b"nothing")
    assert main(["info", str(tmp_path)]) == 2
    printed = capsys.readouterr()
    assert printed.out.count("4 x 5 x 6 voxels") == 2
    assert "sub-02/T2w.nii.gz" in printed.out
    assert printed.err.count("\n") == 1
    assert "sub-02/bad.nii" in printed.err
    save_series(tmp_path / "series", np.arange(24, dtype=np.int16).reshape(2, 3, 4), uid="1.2.3")
    (tmp_path / "sub-02/bad.nii").unlink()
    assert main(["info", str(tmp_path)]) == 0
    assert "Series 1.2.3" in capsys.readouterr().out


def test_objects_are_found_in_pictures_only_and_a_flat_volume_is_refused(tmp_path, capsys):
    path, out = tmp_path / "scan.nii", tmp_path / "out"
    nib.save(nib.Nifti1Image(np.zeros((4, 5, 6), np.int16), np.eye(4)), path)
    for job, words in (("objects", "is a volume"), ("regions", "a single color")):
        assert main([job, str(path), "-o", str(out)]) == 2
        message = capsys.readouterr().err
        assert words in message
        assert message.count("\n") == 1
    assert not out.exists()


def test_lists_the_series_of_a_folder(tmp_path, capsys):
    values = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    save_series(tmp_path / "a", values, uid="1.2.3", SeriesDescription="T1")
    save_series(tmp_path / "b", values, uid="1.2.4", each=lambda i: {"PixelSpacing": [1, 1 + i]})
    assert main(["info", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    for words in ("Series 1.2.3\n  folder        a\n", "4 x 3 x 2 voxels", "T1", "pixel sizes"):
        assert words in shown
    assert "Doe" not in shown
    assert main(["info", "--json", str(tmp_path)]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert (first["series"], first["folder"], first["orientation"]) == ("1.2.3", "a", "LPS")
    assert "grid" not in second
    assert "pixel sizes" in second["problem"]


def test_a_damaged_series_does_not_hide_the_others(tmp_path, capsys):
    values = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    save_series(tmp_path / "a", values, uid="1.2.3")
    header = dataset(values[0], SeriesInstanceUID="1.2.4", PixelSpacing=[1, 1])
    header.ImagePositionPatient, header.ImageOrientationPatient = [0, 0, 0], [*AXIAL]
    del header.Columns
    save(tmp_path / "b" / "IM1", header)
    assert main(["info", str(tmp_path)]) == 2
    printed = capsys.readouterr()
    assert "Series 1.2.3" in printed.out
    assert "b holds IM1, which is damaged" in printed.err
