import pytest

from segmenter.export.names import file_name, label_names, left_over
from segmenter.segment.labels import default_label

NAMES = ("photo-labels.png", "photo-1-sky.png", "photo-2-sea.png", "photo-2-sea-soft.png")


def test_only_files_of_labels_of_the_same_image_are_left_over(tmp_path):
    others = (
        "photo.png",
        "photo-labels.png",
        "other-5-sky.png",
        "photo-3-notes.txt",
        "photo-x-1.png",
    )
    for name in (*NAMES, *others, "photo-3-land.png", "photo-2-lake-soft.png"):
        (tmp_path / name).write_bytes(b"")
    assert left_over(tmp_path, NAMES) == ["photo-2-lake-soft.png", "photo-3-land.png"]
    assert len(list(tmp_path.iterdir())) == 10


def test_nothing_is_left_over_where_no_label_has_a_file_or_there_is_no_folder(tmp_path):
    (tmp_path / "photo-3-land.png").write_bytes(b"")
    assert left_over(tmp_path, ["photo-labels.png"]) == []
    (tmp_path / "scan-01-left-labels.png").write_bytes(b"")
    assert left_over(tmp_path, ["scan-02-right-labels.png"]) == []
    assert left_over(tmp_path / "none", NAMES) == []
    assert left_over(tmp_path / "photo-3-land.png", NAMES) == []


@pytest.mark.parametrize("stem", ["IMG-20240501-WA0001", "photo-2", "2024-05-01"])
def test_numbers_in_the_name_of_an_image_are_not_those_of_labels(stem, tmp_path):
    others = (
        "IMG-20240502-WA0003-1-sky.png",
        "photo-1-sky.png",
        "photo-3-1-sky.png",
        "2024-05-02-1-sky.png",
    )
    for name in (*others, f"{stem}-3-land.png"):
        (tmp_path / name).write_bytes(b"")
    planned = [f"{stem}-labels.png", f"{stem}-1-sky.png", f"{stem}-2-sea.png"]
    assert left_over(tmp_path, planned) == [f"{stem}-3-land.png"]


def test_files_of_an_image_whose_name_goes_on_with_a_number_are_not_left_over(tmp_path):
    for name in ("photo-2-1-sky.png", "photo-20240502-WA0003-1-sky.png", "photo-2-lake.png"):
        (tmp_path / name).write_bytes(b"")
    assert left_over(tmp_path, NAMES) == ["photo-2-lake.png"]


def test_any_name_becomes_a_part_of_a_file_name():
    assert file_name("Sky / left: “blue”") == "sky-left-blue"
    assert file_name("///") == "label"


def test_names_of_labels_sort_by_their_numbers():
    assert label_names([default_label(2)]) == {2: "2-region-2"}
    names = label_names(default_label(value) for value in range(1, 121))
    assert list(names.values()) == sorted(names.values())
    assert names[7] == "007-region-7"
