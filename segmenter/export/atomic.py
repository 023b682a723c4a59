"""Writing a file whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from uuid import uuid4

from segmenter.errors import WriteError

_PART = ".part"
_ABANDONED = 3600  # seconds after which a hidden file is no longer being written
_FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
_read: ContextVar[frozenset[str]] = ContextVar("read", default=frozenset())


@contextmanager
def keeping(files: Iterable[str | Path]) -> Iterator[None]:
    """Let none of these files be replaced meanwhile: they are what results are made of."""
    token = _read.set(_read.get() | {os.path.realpath(file) for file in files})
    try:
        yield
    finally:
        _read.reset(token)


def check_not_read(path: Path) -> None:
    """Refuse a name that is that of a file under `keeping`.

    Raises
    ------
    WriteError
        It is.
    """
    if os.path.realpath(path) in _read.get():
        raise WriteError(f"{path} is what is read, and would be lost; choose another name.")


def write_atomically(
    path: Path, content: bytes, check: Callable[[Path], None] | None = None
) -> None:
    """Put a file in place in one step, so that a failure leaves what was there before.

    The content goes to a hidden file in the same folder, which is flushed to the disk, checked,
    and then takes the name, with the permissions of the file it replaces. Missing folders are
    made, and removed again on failure. A symbolic link is followed.

    Parameters
    ----------
    path : Path
        The file to write; an older one is replaced.
    content : bytes
        All of it.
    check : callable, optional
        Called with the hidden file before it takes its name; what it raises stops the writing.

    Raises
    ------
    WriteError
        If the file cannot be written, or is one that is read.
    """
    check_not_read(path)
    target = Path(os.path.realpath(path))
    if os.path.exists(target) and not os.path.isfile(target):
        kind = "a folder" if os.path.isdir(target) else "not an ordinary file"
        raise WriteError(f"{path} cannot be written: it is {kind}; choose another name.")
    missing = _missing_folders(target.parent)
    hidden = target.parent / f".{uuid4().hex}{_PART}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_to_disk(hidden, content)
        if target.exists():
            shutil.copymode(target, hidden)
        if check is not None:
            check(hidden)
        os.replace(hidden, target)
    except BaseException as error:
        _clean_up(hidden, missing)
        if isinstance(error, OSError):
            raise WriteError(f"{path} cannot be written: {_reason(error)}.") from error
        raise


def remove_abandoned(folder: Path) -> None:
    """Remove hidden files that a program killed more than an hour ago was writing."""
    for hidden in folder.glob(f".{'[0-9a-f]' * 32}{_PART}"):
        with suppress(OSError):  # someone else has removed it
            if time.time() - hidden.stat().st_mtime > _ABANDONED:
                hidden.unlink()


def _missing_folders(folder: Path) -> list[Path]:
    """List a folder and those above it that are not there, innermost first."""
    missing = []
    for parent in (folder, *folder.parents):
        if os.path.exists(parent):
            break
        missing.append(parent)
    return missing


def _write_to_disk(file: Path, content: bytes) -> None:
    with file.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _clean_up(hidden: Path, made: list[Path]) -> None:
    with suppress(OSError):
        hidden.unlink()
    for folder in made:
        with suppress(OSError):  # it was never made, or someone else uses it already
            folder.rmdir()


def _reason(error: OSError) -> str:
    """Say what is wrong, and what to do."""
    if error.errno in _FULL:
        return "the disk is full; make room or choose another folder"
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        return "one of the folders in its path is a file; choose another folder"
    if error.errno == errno.ENAMETOOLONG:
        return "its name is too long; give the image a shorter one"
    reason = error.strerror or str(error)
    return f"{reason[:1].lower()}{reason[1:]}; choose another folder"
