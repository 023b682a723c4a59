import json
import shutil

import cv2
import nibabel
import numpy as np
import pytest
import tifffile
from PIL import Image as PillowImage

from segmenter.cli.main import main
from tests.phantom import WHITE, head_phantom


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    """A red square on blue, and its path."""
    noise = np.random.default_rng(0).integers(-9, 10, (90, 120, 3))
    picture = np.full((90, 120, 3), (60, 80, 160)) + noise
    picture[30:70, 40:90] += (130, -30, -110)
    path = tmp_path_factory.mktemp("photos") / "photo.png"
    PillowImage.fromarray(picture.astype(np.uint8)).save(path)
    return path


def object_share(mask):
    truth = np.zeros((90, 120), bool)
    truth[30:70, 40:90] = True
    return ((mask > 127) & truth).sum() / ((mask > 127) | truth).sum()


def read(path):
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)


def test_click_writes_mask_alpha_and_cutout(photo, tmp_path, capsys):
    files = [tmp_path / name for name in ("mask.png", "alpha.png", "cutout.png")]
    arguments = ["foreground", str(photo), "--click", "65,50", "-o", str(files[0])]
    arguments += ["--alpha", str(files[1]), "--bits", "16", "--cutout", str(files[2])]
    assert main(arguments) == 0
    assert "the object covers" in capsys.readouterr().out
    mask, alpha, cutout = map(read, files)
    assert set(np.unique(mask)) == {0, 255}
    assert object_share(mask) > 0.97
    assert alpha.dtype == np.uint16
    assert object_share(alpha >> 8) > 0.97
    assert cutout.shape == (90, 120, 4)
    np.testing.assert_array_equal(cutout[45:55, 60:70, 3], 255)


def test_box_and_strokes_are_obeyed(photo, tmp_path, capsys):
    strokes = np.full((90, 120), 128, np.uint8)
    strokes[32:36, 42:46] = 0
    PillowImage.fromarray(strokes).save(tmp_path / "strokes.png")
    arguments = ["foreground", str(photo), "--box", "38,28,92,72", "--json"]
    arguments += ["--hints", str(tmp_path / "strokes.png"), "-o", str(tmp_path / "mask.png")]
    assert main(arguments) == 0
    summary = json.loads(capsys.readouterr().out)
    mask = read(tmp_path / "mask.png")
    assert summary["share"] == pytest.approx((mask > 0).mean())
    assert object_share(mask) > 0.9
    assert not mask[32:36, 42:46].any()


@pytest.mark.parametrize(
    ("outputs", "sentence"),
    [
        (["-o", "photo.png"], "photo.png is what is read"),
        (["--cutout", "photo.png"], "photo.png is what is read"),
        (["--hints", "photo-mask.png"], "photo-mask.png is what is read"),
        (["-o", "a.png", "--cutout", "./a.png"], "a.png was named for two files"),
        (["--cutout", "a.jpg"], "a.jpg must end in .png"),
    ],
)
def test_nothing_that_is_read_is_replaced(outputs, sentence, photo, tmp_path, capsys, monkeypatch):
    shutil.copy(photo, tmp_path / "photo.png")
    PillowImage.new("L", (120, 90), 128).save(tmp_path / "photo-mask.png")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    monkeypatch.chdir(tmp_path)
    assert main(["foreground", "photo.png", "--click", "65,50", *outputs]) == 2
    assert sentence in capsys.readouterr().err
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_lasso_holds_the_object(photo, tmp_path):
    mask = tmp_path / "mask.png"
    corners = "30,20,100,24,98,80,34,76"
    assert main(["foreground", str(photo), "--lasso", corners, "-o", str(mask)]) == 0
    assert object_share(read(mask)) > 0.9


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Nothing says where the object is"),
        (["--click", "500,10"], "outside of the image"),
        (["--lasso", "9,9,20,9,30,9"], "no area"),
        (["--lasso", "9,9,1,20,9,1,30,20,1"], "A lasso is X,Y of every corner"),
        (["--box", "9,9,9,9"], "no area"),
    ],
)
def test_wrong_places_are_one_sentence_and_nothing_is_written(
    photo, tmp_path, capsys, arguments, said
):
    mask = tmp_path / "mask.png"
    assert main(["foreground", str(photo), "-o", str(mask), *arguments]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert not mask.exists()


def test_pixels_without_a_number_are_left_out_on_demand(tmp_path, capsys):
    y, x = np.mgrid[:60, :80]
    values = np.where(np.hypot(y - 30, x - 40) < 18, 0.8, 0.2).astype(np.float32)
    values[28:32, 38:42] = np.nan
    path, out = tmp_path / "field.tif", tmp_path / "mask.png"
    tifffile.imwrite(path, values)
    command = ["foreground", str(path), "--click", "50,30", "-o", str(out)]
    assert main(command) == 2
    assert "1e18; add --skip-missing to leave them out." in capsys.readouterr().err
    assert not out.exists()
    assert main([*command, "--skip-missing"]) == 0
    mask = read(out)
    assert mask[30, 52] == 255
    assert not mask[28:32, 38:42].any()
    assert mask[3, 3] == 0


def test_a_malformed_point_is_refused_by_the_parser(photo, capsys):
    assert main(["foreground", str(photo), "--click", "three,four"]) == 2
    assert "two numbers such as" in capsys.readouterr().err
    assert main(["foreground", str(photo), "--click", "-3,4"]) == 2
    assert "after an equals sign if it begins with a minus" in capsys.readouterr().err
    assert main(["foreground", str(photo), "--lasso", "1,2,3"]) == 2
    assert "three or more points" in capsys.readouterr().err


@pytest.fixture(scope="module")
def scan(tmp_path_factory):
    """A small head with its own codes, its path, and where its white matter is."""
    phantom = head_phantom((4.0, 4.0, 5.0), "LPS", turn=8)
    image = phantom.image
    stored = nibabel.Nifti1Image(image.pixels[..., 0], image.affine)
    stored.set_qform(image.affine, 1)
    stored.set_sform(image.affine, 4)
    path = tmp_path_factory.mktemp("scans") / "sub-01_T1w.nii.gz"
    nibabel.save(stored, path)
    return path, phantom.tissues == WHITE


def deep_in(mask):
    """A voxel in the middle of a slab of the mask, as x,y,z."""
    inside = np.argwhere(mask)
    middle = inside[np.abs(inside - inside.mean(axis=0) - (5, 0, 0)).sum(axis=1).argmin()]
    return ",".join(map(str, middle))


def test_a_click_in_a_volume_gives_a_mask_on_its_grid(scan, tmp_path, capsys):
    path, white = scan
    files = tmp_path / "mask.nii.gz", tmp_path / "soft.nii.gz"
    arguments = ["foreground", str(path), "--click", deep_in(white), "-o", str(files[0])]
    assert main([*arguments, "--probability", str(files[1]), "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    source, mask, soft = map(nibabel.load, (path, *files))
    np.testing.assert_allclose(mask.affine, source.affine, atol=1e-4)
    assert (int(mask.header["qform_code"]), int(mask.header["sform_code"])) == (1, 4)
    inside = np.asanyarray(mask.dataobj) > 0
    assert summary["share"] == pytest.approx(inside.mean())
    assert 2 * (inside & white).sum() / (inside.sum() + white.sum()) > 0.7
    np.testing.assert_array_equal(np.asanyarray(soft.dataobj) >= 0.5, inside)


def test_a_lasso_in_a_volume_lies_in_a_slice(scan, tmp_path):
    path, white = scan
    j = int(np.argwhere(white)[:, 1].mean())
    low, high = np.argwhere(white).min(axis=0), np.argwhere(white).max(axis=0)
    corners = [
        (low[0], j, low[2]),
        (high[0], j, low[2]),
        (high[0], j, high[2]),
        (low[0], j, high[2]),
    ]
    said = ",".join(str(int(at)) for corner in corners for at in corner)
    out = tmp_path / "mask.nii.gz"
    assert main(["foreground", str(path), "--lasso", said, "-o", str(out)]) == 0
    mask = np.asanyarray(nibabel.load(out).dataobj)
    assert mask.shape == white.shape
    assert mask.any()
    assert not mask[: low[0]].any()
    assert not mask[..., high[2] + 1 :].any()


def test_hints_of_a_volume_are_obeyed_if_they_lie_on_its_grid(scan, tmp_path, capsys):
    path, white = scan
    source = nibabel.load(path)
    strokes = np.zeros(source.shape, np.uint8)
    x, y, z = map(int, deep_in(white).split(","))
    strokes[x - 1 : x + 2, y, z] = 1
    strokes[0, :, z] = 2
    nibabel.save(nibabel.Nifti1Image(strokes, source.affine), tmp_path / "hints.nii.gz")
    mask = tmp_path / "mask.nii.gz"
    arguments = ["foreground", str(path), "--hints", str(tmp_path / "hints.nii.gz")]
    assert main([*arguments, "-o", str(mask)]) == 0
    inside = np.asanyarray(nibabel.load(mask).dataobj) > 0
    assert inside[strokes == 1].all()
    assert not inside[strokes == 2].any()
    nibabel.save(nibabel.Nifti1Image(strokes, np.eye(4)), tmp_path / "hints.nii.gz")
    assert main([*arguments, "-o", str(tmp_path / "other.nii.gz")]) == 2
    assert "do not lie at the same place" in capsys.readouterr().err
    assert not (tmp_path / "other.nii.gz").exists()


def test_one_slice_of_a_volume(scan, tmp_path):
    path, white = scan
    x, y, z = deep_in(white).split(",")
    mask = tmp_path / "mask.nii.gz"
    arguments = ["foreground", str(path), "--slice", f"z={z}", "--click", f"{x},{y}"]
    assert main([*arguments, "-o", str(mask)]) == 0
    inside = np.asanyarray(nibabel.load(mask).dataobj) > 0
    assert inside[int(x), int(y), int(z)]
    assert not np.delete(inside, int(z), axis=2).any()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--click", "3,4"], "A point in a volume is three numbers, x,y,z, not 3,4."),
        (["--box", "3,4,9,9"], "A box in a volume is six numbers"),
        (["--click", "3,4,5000"], "outside of the image, which is"),
        (["--click", "9,9,9", "--alpha", "a.png"], "is a volume, which has no --alpha"),
        (["--click", "9,9,9", "-o", "mask.png"], "must end in .nii.gz or .nii"),
        (["--slice", "z=5000", "--click", "3,4"], "has no slice z=5000"),
        (["--slice", "up", "--click", "3,4"], "is not a slice such as z=70"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_does_not_fit_a_volume_is_one_sentence(
    scan, arguments, words, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert main(["foreground", str(scan[0]), *arguments]) == 2
    message = capsys.readouterr().err
    assert words in message
    assert message.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_slices_are_refused_of_a_picture(photo, tmp_path, capsys):
    assert main(["foreground", str(photo), "--click", "65,50", "--slice", "z=1"]) == 2
    assert "is a picture, which has no --slice" in capsys.readouterr().err


def test_a_cut_without_an_edge_is_said_to_be_a_guess(photo, tmp_path, capsys):
    PillowImage.new("RGB", (60, 40), (90, 120, 200)).save(tmp_path / "flat.png")
    where = ["--click", "30,20", "-o", str(tmp_path / "mask.png")]
    assert main(["foreground", str(tmp_path / "flat.png"), *where]) == 0
    assert "Most of its outline is a guess" in capsys.readouterr().out
    assert main(["foreground", str(photo), *where, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["notes"] == []
