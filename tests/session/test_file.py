import json
import shutil
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as PillowImage

from segmenter.errors import ImageMovedError, ReadError, WriteError
from segmenter.images.image import Image, Source
from segmenter.images.read import read_image
from segmenter.segment.labels import Color, Label
from segmenter.segment.recipe import EDITS, RegionsRecipe
from segmenter.segment.tissue.recipe import TissueRecipe
from segmenter.session.brain import GivenMask
from segmenter.session.corrections import BrushStroke
from segmenter.session.document import Document
from segmenter.session.file import Session, is_session, open_session, save_session
from segmenter.session.marks import NO_MARKS, Click, Lasso, Marks, SolidStroke, Stroke
from segmenter.session.objects import MarkedObject
from segmenter.session.plain import plain_documents, restored_documents

numbers = st.floats(-1e4, 1e4)
shares = st.floats(0, 1)
widths = st.floats(0.5, 500)
names = st.text(max_size=30)
colors = st.builds(Color, *(st.integers(0, 255),) * 3)


def labels(largest=2**20):
    return st.builds(Label, st.integers(1, largest), names, colors, st.booleans())


def places(n_axes):
    return st.tuples(*(numbers,) * n_axes)


def lines(n_axes):
    return st.lists(places(n_axes), min_size=1, max_size=4).map(tuple)


def boxes(n_axes):
    return st.none() | st.tuples(*(st.integers(0, 9999),) * (2 * n_axes))


def strokes(n_axes):
    return st.builds(Stroke, lines(n_axes), widths, st.booleans())


def marks(n_axes):
    clicks = st.builds(Click, places(n_axes), st.booleans())
    balls = st.builds(SolidStroke, lines(3), widths, st.tuples(*(widths,) * 3), st.booleans())
    drawn = st.lists(clicks | (balls if n_axes == 3 else strokes(2)), max_size=5).map(tuple)
    lassos = st.none() | st.builds(Lasso, lines(n_axes), boxes(n_axes))
    return st.builds(Marks, drawn, boxes(n_axes), lassos)


def objects(n_axes):
    edges = st.lists(strokes(n_axes), max_size=2).map(tuple)
    marked = st.builds(MarkedObject, labels(255), marks(n_axes), edges)
    unique = st.lists(marked, min_size=1, max_size=3, unique_by=lambda each: each.value)
    return unique.map(tuple)


@st.composite
def recipes(draw, n_axes):
    reading = draw(st.sampled_from(tuple(EDITS)))
    points = st.lists(st.tuples(*(st.integers(0, 9999),) * n_axes), min_size=1, max_size=3)
    kinds = EDITS[reading]
    edits = st.lists(st.tuples(st.sampled_from(kinds), points.map(tuple))) if kinds else st.just([])
    return RegionsRecipe(
        n_regions=draw(st.just("auto") | st.integers(1, 255)),
        features=draw(st.just(()) | st.just(("lab", "position"))),
        smoothness=draw(shares),
        reading=reading,
        detail=draw(shares),
        min_size=draw(st.integers(0, 10**6)),
        edits=draw(edits),
        ground=draw(st.sampled_from(("auto", "dark", "bright"))),
    )


@st.composite
def sessions(draw):
    n_axes = draw(st.sampled_from((2, 3)))
    image = Image(np.zeros((*(4, 5, 6)[:n_axes], 1), np.uint8), "gray")
    painted = st.builds(
        BrushStroke,
        lines(3),
        widths,
        st.sampled_from((None, 0, 1, 2)),
        st.sampled_from(("labels", "brain")),
        st.integers(0, 9),
    )
    some_labels = st.lists(labels(), max_size=3).map(tuple)
    common = Document(
        image,
        RegionsRecipe(),
        objects=draw(objects(n_axes)),
        tissue=TissueRecipe(smoothness=draw(shares), bias=draw(st.booleans())),
        brain=draw(st.sampled_from(("found", "whole"))),
        tissue_labels=draw(some_labels),
        strokes=draw(st.lists(painted, max_size=3).map(tuple)),
    )
    return tuple(
        replace(
            common,
            recipe=draw(recipes(n_axes)),
            labels=draw(some_labels),
            labels_recipe=draw(st.none() | recipes(n_axes)),
        )
        for _ in range(draw(st.integers(1, 3)))
    )


@given(sessions())
def test_documents_come_back_equal_by_way_of_json(documents):
    values = json.loads(json.dumps(plain_documents(documents)))
    restored = restored_documents(values, documents[0].image, None)
    assert restored == documents
    assert repr(restored) == repr(documents)  # 1 and 1.0 are equal, and not the same


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photos" / "photo.png"
    path.parent.mkdir()
    pixels = np.random.default_rng(0).integers(0, 255, (20, 30, 3), np.uint8)
    PillowImage.fromarray(pixels).save(path)
    return path


@pytest.fixture
def session(photo):
    marks = NO_MARKS.with_mark(Click((3.0, 4.0), True))
    objects = (MarkedObject(Label(1, "Käse", Color(1, 2, 3)), marks),)
    return Session((Document(read_image(photo), RegionsRecipe(), objects=objects),), "Foreground")


def same(restored, session):
    documents = tuple(replace(each, image=session.document.image) for each in restored.documents)
    return documents == session.documents and restored.job == session.job


def test_a_session_comes_back_with_its_image(tmp_path, session, photo):
    path = tmp_path / "photo.segmenter"
    save_session(path, session)
    assert is_session(path)
    assert not is_session(photo)
    restored = open_session(path)
    assert same(restored, session)
    np.testing.assert_array_equal(restored.document.image.pixels, session.document.image.pixels)
    assert restored.document.image.source.path.samefile(photo)
    assert {each.name for each in tmp_path.iterdir()} == {"photos", "photo.segmenter"}


def test_a_session_moves_together_with_its_image(tmp_path, session):
    save_session(tmp_path / "photos" / "photo.segmenter", session)
    (tmp_path / "photos").rename(tmp_path / "elsewhere")
    assert same(open_session(tmp_path / "elsewhere" / "photo.segmenter"), session)


def test_an_image_that_moved_is_located(tmp_path, session, photo):
    path = tmp_path / "photo.segmenter"
    save_session(path, session)
    moved = photo.rename(tmp_path / "moved.png")
    with pytest.raises(ImageMovedError, match=r"photo\.png, which photo\.segmenter is about"):
        open_session(path)
    assert same(open_session(path, moved), session)
    assert open_session(path, moved).has_moved
    assert not open_session(path, moved).has_other_pixels


def test_another_image_is_refused_unless_chosen_and_as_large(tmp_path, session, photo):
    path = tmp_path / "photo.segmenter"
    save_session(path, session)
    PillowImage.fromarray(np.eye(20, 30, dtype=np.uint8)).save(photo)
    with pytest.raises(ImageMovedError, match="is not the image that photo"):
        open_session(path)
    restored = open_session(path, photo)
    assert "not those" in restored.document.image.source.notes[-1]
    assert restored.has_other_pixels
    PillowImage.fromarray(np.eye(20, 31, dtype=np.uint8)).save(photo)
    with pytest.raises(ImageMovedError, match="it is 31 x 20, not 30 x 20 pixels"):
        open_session(path, photo)


def test_an_image_without_a_file_is_kept_in_the_session(tmp_path, session):
    image = session.document.image
    alpha = np.arange(600, dtype=np.uint8).reshape(20, 30)
    pasted = Image(image.pixels, "rgb", alpha)
    save_session(tmp_path / "a.segmenter", Session((Document(pasted, RegionsRecipe()),), "Regions"))
    restored = open_session(tmp_path / "a.segmenter").document.image
    np.testing.assert_array_equal(restored.pixels, pasted.pixels)
    np.testing.assert_array_equal(restored.alpha, alpha)


def test_a_sample_is_found_wherever_it_is_installed(tmp_path):
    image = read_image("sample:coffee")
    path = tmp_path / "a.segmenter"
    save_session(path, Session((Document(image, RegionsRecipe()),), "Regions"))
    with zipfile.ZipFile(path) as archive:
        assert json.loads(archive.read("session.json"))["image"]["files"] == ["sample:coffee"]
    assert open_session(path).document.image.source == image.source


def test_missing_pixels_are_left_out_again(tmp_path):
    pixels = np.random.default_rng(0).normal(size=(9, 9)).astype(np.float32)
    pixels[3, 3] = np.nan
    PillowImage.fromarray(pixels).save(tmp_path / "nan.tif")
    image = read_image(tmp_path / "nan.tif", skip_missing=True)
    save_session(tmp_path / "a.segmenter", Session((Document(image, RegionsRecipe()),), "Regions"))
    assert open_session(tmp_path / "a.segmenter").document.image.missing[3, 3]


def test_a_given_brain_mask_comes_back(tmp_path):
    affine = np.diag([1.0, 2.0, 3.0, 1.0])
    volume = Image(np.arange(60, dtype=np.uint8).reshape(3, 4, 5, 1), "gray", affine=affine)
    mask = GivenMask("brain.nii.gz", volume.pixels[..., 0] % 3 == 0)
    document = Document(volume, RegionsRecipe(), brain=mask)
    save_session(tmp_path / "a.segmenter", Session((document,), "Tissue"))
    restored = open_session(tmp_path / "a.segmenter").document
    assert restored.image.spacing == (1, 2, 3)
    brain = restored.brain
    assert brain.name == mask.name
    np.testing.assert_array_equal(brain.mask, mask.mask)


def test_a_failed_save_leaves_the_session_that_was(tmp_path, session, monkeypatch):
    path = tmp_path / "photo.segmenter"
    save_session(path, session)
    before = path.read_bytes()

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("segmenter.export.atomic.os.replace", fail)
    with pytest.raises(WriteError, match="disk is full"):
        save_session(path, session)
    assert path.read_bytes() == before


@pytest.mark.parametrize("key", ["image", "readings", "objects", "job", "tissue", "brain"])
def test_a_damaged_session_is_refused_in_a_sentence(tmp_path, session, key):
    path = tmp_path / "photo.segmenter"
    save_session(path, session)
    with zipfile.ZipFile(path) as archive:
        values = json.loads(archive.read("session.json"))
    for damaged in ({k: v for k, v in values.items() if k != key}, {**values, key: [[3]]}):
        if damaged.get(key) == [[3]] and key == "job":
            continue
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("session.json", json.dumps(damaged))
        with pytest.raises(ReadError, match=r"photo\.segmenter is damaged"):
            open_session(path)


def test_places_nowhere_and_two_objects_of_one_value_are_refused(session):
    nowhere, twice = (plain_documents(session.documents) for _ in range(2))
    nowhere["objects"][0]["drawn"][0]["point"] = [float("nan"), 1]
    twice["objects"] *= 2
    for values in (nowhere, twice):
        with pytest.raises(ValueError, match=r"nowhere|one value"):
            restored_documents(values, session.document.image, None)


ABSURD = {
    ("objects", 0, "drawn", 0, "point", 0): [1e300, -1e8],
    ("objects", 0, "label", "value"): [0, 10**9],
    ("tissue", "seed"): [1e300, "3", None, 10**30],
    ("readings", 0, "recipe", "min_size"): [1e300, 2**40],
}
"""Values that no window writes, by where they stand in a session."""


@pytest.mark.parametrize("place", ABSURD)
def test_absurd_values_are_refused_in_a_sentence(tmp_path, session, place):
    path = tmp_path / "photo.segmenter"
    save_session(path, session)
    with zipfile.ZipFile(path) as archive:
        values = json.loads(archive.read("session.json"))
    holder = values
    for key in place[:-1]:
        holder = holder[key]
    for absurd in ABSURD[place]:
        holder[place[-1]] = absurd
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("session.json", json.dumps(values))
        with pytest.raises(ReadError, match=r"photo\.segmenter is damaged"):
            open_session(path)


@pytest.mark.parametrize("change", [{"radius": -1}, {"value": 99}, {"points": [[1e300, 0, 0]]}])
def test_strokes_of_no_brush_are_refused(change):
    image = Image(np.zeros((2, 3, 4, 1), np.uint8), "gray")
    stroke = BrushStroke(((1, 1, 1),), 2.0, None, "labels", 1)
    document = Document(image, RegionsRecipe(), strokes=(stroke,))
    values = plain_documents((document,))
    values["strokes"][0] |= change
    with pytest.raises(ValueError, match=r"stroke|nowhere"):
        restored_documents(values, image, None)


def test_a_session_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    image = Image(np.zeros((20, 30, 3), np.uint8), "rgb", source=Source("Clipboard"))
    path = tmp_path / "pasted.segmenter"
    save_session(path, Session((Document(image, RegionsRecipe()),), "regions"))
    with monkeypatch.context() as patch:
        patch.setattr("segmenter.images.limits._free_megabytes", lambda: 1e-3)
        with pytest.raises(ReadError, match=r"pasted\.segmenter needs about 0 MB of memory"):
            open_session(path)
    monkeypatch.setattr("segmenter.session.file._MOST_VALUES", 100)
    with pytest.raises(ReadError, match=r"pasted\.segmenter is damaged"):
        open_session(path)


def test_a_bug_in_reading_the_image_is_not_blamed_on_the_session(tmp_path, session, monkeypatch):
    path = tmp_path / "photo.segmenter"
    save_session(path, session)

    def broken(*_args, **_options):
        raise ValueError("a bug")

    monkeypatch.setattr("segmenter.session.file.read_image", broken)
    with pytest.raises(ValueError, match="a bug"):
        open_session(path)


def test_a_text_named_like_a_session_is_told_to_be_none(tmp_path):
    (tmp_path / "text.segmenter").write_text("hello")
    with pytest.raises(ReadError, match=r"text\.segmenter is no session"):
        read_image(tmp_path / "text.segmenter")


def test_a_cut_session_and_one_of_a_newer_program_are_refused(tmp_path, session):
    path = tmp_path / "photo.segmenter"
    save_session(path, session)
    shutil.copy(path, tmp_path / "cut.segmenter")
    (tmp_path / "cut.segmenter").write_bytes(path.read_bytes()[:-40])
    assert is_session(tmp_path / "cut.segmenter")  # to be told that it is damaged
    with pytest.raises(ReadError, match="damaged"):
        open_session(tmp_path / "cut.segmenter")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("session.json", json.dumps({"format": 99}))
    with pytest.raises(ReadError, match="newer Segmenter"):
        open_session(path)


def test_a_session_is_no_image(tmp_path, session):
    save_session(tmp_path / "photo.segmenter", session)
    with pytest.raises(ReadError, match="is a session, not an image"):
        read_image(tmp_path / "photo.segmenter")
