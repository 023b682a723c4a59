import json

import cv2
import numpy as np
import pytest
from PIL import Image as PillowImage

from segmenter.cli.main import main


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


def test_a_malformed_point_is_refused_by_the_parser(photo, capsys):
    assert main(["foreground", str(photo), "--click", "three,four"]) == 2
    assert "two numbers such as" in capsys.readouterr().err
    assert main(["foreground", str(photo), "--lasso", "1,2,3"]) == 2
    assert "three or more points" in capsys.readouterr().err
