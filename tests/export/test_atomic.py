"""A file is there whole or not at all, and what was there before survives every failure."""

import os
import sys
import time

import pytest

from segmenter.errors import WriteError
from segmenter.export.atomic import keeping, remove_abandoned, write_atomically

OLD = b"the older file"


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(OLD)
    return path


def only(folder, *names):
    return sorted(item.name for item in folder.iterdir()) == sorted(names)


def test_writes_and_replaces(old):
    write_atomically(old, b"new")
    assert old.read_bytes() == b"new"
    assert only(old.parent, "a.png")


def test_makes_folders(tmp_path):
    write_atomically(tmp_path / "one" / "two" / "a.png", b"new")
    assert (tmp_path / "one" / "two" / "a.png").read_bytes() == b"new"


def test_a_name_that_is_too_long_is_said(tmp_path):
    with pytest.raises(WriteError, match="name is too long; give the image a shorter one"):
        write_atomically(tmp_path / "new" / f"{'x' * 300}.png", b"new")
    assert only(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such mode bits")
def test_others_may_read_it_as_the_umask_says(tmp_path):
    before = os.umask(0o022)
    try:
        write_atomically(tmp_path / "a.png", b"new")
    finally:
        os.umask(before)
    assert (tmp_path / "a.png").stat().st_mode & 0o777 == 0o644


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such mode bits")
def test_what_was_private_stays_private(old):
    old.chmod(0o600)
    write_atomically(old, b"new")
    assert old.stat().st_mode & 0o777 == 0o600


def test_the_check_sees_the_whole_file_before_it_takes_its_name(old):
    def check(hidden):
        assert hidden.read_bytes() == b"new"
        assert old.read_bytes() == OLD

    write_atomically(old, b"new", check)
    assert old.read_bytes() == b"new"


@pytest.mark.parametrize(
    "failure", [WriteError("No."), OSError(28, "No space"), KeyboardInterrupt()]
)
def test_a_failing_check_leaves_everything_as_it_was(failure, tmp_path, old):
    def check(_hidden):
        raise failure

    expected = WriteError if isinstance(failure, OSError) else type(failure)
    for path in (old, tmp_path / "new" / "folder" / "b.png"):
        with pytest.raises(expected):
            write_atomically(path, b"new", check)
    assert old.read_bytes() == OLD
    assert only(tmp_path, "a.png")


@pytest.mark.skipif(sys.platform != "linux", reason="uses the limit of a file's size")
def test_a_full_disk(old):
    """The system refuses the rest of the file in the middle of writing it."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(
            WriteError, match=r"a\.png cannot be written: the disk is full; make room .*\.$"
        ):
            write_atomically(old, b"x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert old.read_bytes() == OLD
    assert only(old.parent, "a.png")


def test_no_space_left(old, monkeypatch):
    def fail(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(WriteError, match=r"cannot be written: the disk is full; make room .*\.$"):
        write_atomically(old, b"new")
    assert old.read_bytes() == OLD
    assert only(old.parent, "a.png")


def test_a_path_that_is_a_folder(tmp_path):
    with pytest.raises(WriteError, match=r"cannot be written: it is a folder; choose another name"):
        write_atomically(tmp_path, b"new")
    assert only(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such device")
def test_a_device_is_not_replaced():
    with pytest.raises(WriteError, match="it is not an ordinary file"):
        write_atomically(os.devnull, b"new")


def test_a_folder_whose_parent_is_a_file(old):
    with pytest.raises(
        WriteError, match=r"cannot be written: one of the folders in its path is a file; .*\.$"
    ):
        write_atomically(old / "b.png", b"new")
    assert old.read_bytes() == OLD


def test_a_folder_that_may_not_be_written(old):
    folder = old.parent
    folder.chmod(0o555)
    try:
        if os.access(folder, os.W_OK):
            pytest.skip("root may write everywhere")
        with pytest.raises(
            WriteError, match=r"cannot be written: permission denied; choose another folder\.$"
        ):
            write_atomically(old, b"new")
    finally:
        folder.chmod(0o755)
    assert old.read_bytes() == OLD


@pytest.mark.skipif(sys.platform != "linux", reason="uses a folder that no one may write")
def test_a_folder_that_not_even_root_may_write():
    with pytest.raises(WriteError, match=r"^/proc/self/a\.png cannot be written: "):
        write_atomically("/proc/self/a.png", b"new")


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_is_followed(old, tmp_path):
    link = tmp_path / "link.png"
    link.symlink_to(old)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert old.read_bytes() == b"new"


def test_a_file_that_is_read_is_not_replaced(tmp_path):
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"photo")
    with keeping([photo]), pytest.raises(WriteError, match="is what is read"):
        write_atomically(tmp_path / "." / "photo.png", b"mask")
    assert photo.read_bytes() == b"photo"
    write_atomically(photo, b"mask")
    assert photo.read_bytes() == b"mask"


def test_what_a_killed_program_was_writing_is_removed_after_an_hour(tmp_path):
    old, new, other = (
        tmp_path / name for name in (f".{'a' * 32}.part", f".{'b' * 32}.part", ".film.part")
    )
    for file in (old, new, other):
        file.touch()
    for file in (old, other):
        os.utime(file, (time.time() - 4000,) * 2)
    remove_abandoned(tmp_path)
    assert sorted(tmp_path.iterdir()) == [new, other]
    remove_abandoned(tmp_path / "nowhere")
