import nibabel as nib
import numpy as np
import pytest

from segmenter.errors import ImageMovedError
from segmenter.images.channels import stack_channels
from segmenter.images.read import read_image
from segmenter.segment.recipe import RegionsRecipe
from segmenter.session.document import Document
from segmenter.session.file import Session, open_session, save_session


@pytest.fixture
def two_channels(tmp_path):
    """Return a session about two volumes, and where these are."""
    (tmp_path / "in").mkdir()
    files = [tmp_path / "in" / "T1.nii", tmp_path / "in" / "T2.nii"]
    for seed, file in enumerate(files):
        values = np.random.default_rng(seed).integers(0, 99, (4, 5, 6), np.uint8)
        nib.save(nib.Nifti1Image(values, np.eye(4)), file)
    image = stack_channels([read_image(file) for file in files])
    path = tmp_path / "two.segmenter"
    save_session(path, Session((Document(image, RegionsRecipe()),), "Regions"))
    return path, files, image.pixels


def test_channels_that_moved_are_found_beside_the_one_that_is_located(two_channels, tmp_path):
    path, files, pixels = two_channels
    files[0].parent.rename(tmp_path / "else")
    with pytest.raises(ImageMovedError, match=r"T1\.nii, which two\.segmenter is about"):
        open_session(path)
    for name in ("T1.nii", "T2.nii"):
        image = open_session(path, tmp_path / "else" / name).document.image
        np.testing.assert_array_equal(image.pixels, pixels)


def test_channels_that_moved_apart_are_located_one_by_one(two_channels, tmp_path):
    path, files, pixels = two_channels
    moved = files[1].rename(tmp_path / "other.nii")
    with pytest.raises(ImageMovedError, match=r"T2\.nii, which"):
        open_session(path)
    np.testing.assert_array_equal(open_session(path, moved).document.image.pixels, pixels)
    (tmp_path / "else").mkdir()
    first = files[0].rename(tmp_path / "else" / "T1.nii")
    with pytest.raises(ImageMovedError, match=r"T2\.nii, which"):
        open_session(path, first)
    np.testing.assert_array_equal(open_session(path, first, moved).document.image.pixels, pixels)
