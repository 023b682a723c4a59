"""Sessions on disk: what the user has decided about an image, without the image or any result.

A session is a ZIP archive. ``session.json`` holds the values of the documents and says which files
they are about; a brain mask, and an image that has no file, are arrays beside it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.errors import ImageMovedError, ReadError
from segmenter.export.atomic import write_atomically
from segmenter.images.channels import stack_channels
from segmenter.images.geometry import grid_spacing
from segmenter.images.image import Image, Source
from segmenter.images.limits import check_fits
from segmenter.images.read import read_image
from segmenter.session.brain import GivenMask
from segmenter.session.document import Document
from segmenter.session.places import located_files, relative_place
from segmenter.session.plain import plain_documents, restored_documents

FORMAT = 1
"""A file of a later format is refused."""

_VALUES, _MASK = "session.json", "brain.npy"
_MOST_VALUES = 1 << 28  # bytes; a point of a stroke takes 40
_HEAD_BYTES = 64
"""A ZIP archive begins with 30 bytes about its first file, and the name of that."""
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, EOFError, LookupError, TypeError,
    ValueError, AttributeError, OverflowError,
)  # fmt: skip
"""What zipfile, json, numpy and documents raise for damaged bytes and values; the last are
checked before they are used."""

_PIXELS, _ALPHA, _AFFINE = "pixels.npy", "alpha.npy", "affine.npy"


@dataclass(frozen=True, eq=False)
class Session:
    """What is kept from one day to the next; a value.

    Attributes
    ----------
    documents : tuple of Document
        Of one image: the last one of each reading, the present one at the end.
    job : str
        The name of the job on screen.
    selected : int
        The value of the object that is edited.
    has_moved : bool
        Whether its image was located anew, which the file does not know.
    has_other_pixels : bool
        Whether these are not the pixels it was saved with.
    """

    documents: tuple[Document, ...]
    job: str
    selected: int = 1
    has_moved: bool = False
    has_other_pixels: bool = False

    @property
    def document(self) -> Document:
        """The document on screen."""
        return self.documents[-1]


def is_session(path: str | os.PathLike[str]) -> bool:
    """Tell by its first bytes whether a file is a session, whole or damaged."""
    try:
        with open(path, "rb") as stream:
            return stream.read(_HEAD_BYTES).startswith(_VALUES.encode(), 30)
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class Subject:
    """The image that a session is about, as its file tells before that is opened.

    Attributes
    ----------
    name : str
    is_folder : bool
        Whether it is a series in a folder of DICOM files.
    """

    name: str
    is_folder: bool


def subject_of(path: Path) -> Subject:
    """Read which image a session is about.

    Raises
    ------
    ReadError
        If the session cannot be read.
    """
    with _telling_damage(path), zipfile.ZipFile(path) as archive:
        described = _values(archive)["image"]
        return Subject(str(described["name"]), bool(described["series"]))


def save_session(path: Path, session: Session) -> None:
    """Write a session, whole or not at all; where its files lie is written relative to it.

    Raises
    ------
    WriteError
        If it cannot be written.
    """
    document = session.document
    values = {
        "format": FORMAT,
        "program": version("segmenter"),
        "job": session.job,
        "selected": session.selected,
        "image": _described(document.image, path.parent),
        **plain_documents(session.documents),
    }
    arrays: dict[str, NDArray[Any]] = {}
    if isinstance(document.brain, GivenMask):
        arrays[_MASK] = document.brain.mask
    if document.image.source.path is None:
        arrays[_PIXELS] = document.image.pixels
        if document.image.alpha is not None:
            arrays[_ALPHA] = document.image.alpha
        if document.image.affine is not None:
            arrays[_AFFINE] = document.image.affine
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_VALUES, json.dumps(values, ensure_ascii=False))
        for name, array in arrays.items():
            with archive.open(name, "w", force_zip64=True) as stream:
                np.save(stream, array, allow_pickle=False)
    write_atomically(path, content.getvalue())


def open_session(path: Path, *places: Path) -> Session:
    """Read a session and the image it is about.

    Parameters
    ----------
    path : Path
        The session.
    *places : Path
        Where files of the image are now; others that moved are looked for beside them. An image of
        the same size is taken even if its pixels are others.

    Raises
    ------
    ImageMovedError
        If the image is not where it was, or is another one.
    ReadError
        If the session or the image cannot be read.
    """
    with _telling_damage(path), zipfile.ZipFile(path) as archive:
        values = _values(archive)
        if values["format"] > FORMAT:
            raise ReadError(
                f"{path.name} was saved by a newer Segmenter; update this one to open it."
            )
        described = values["image"]
        files = located_files(described["files"], path, places) if described["files"] else []
        kept = None if files else _kept_image(archive, str(described["name"]))
        options = _reading_options(described)
        mask = _array(archive, _MASK)
    read = _read_image(files, options) if kept is None else kept
    with _telling_damage(path):
        image = _checked(read, described, path, is_chosen=bool(places))
        return Session(
            restored_documents(values, image, mask),
            str(values["job"]),
            int(values.get("selected", 1)),  # files of the first versions have none
            has_moved=bool(places),
            has_other_pixels=image is not read,
        )


@contextmanager
def _telling_damage(path: Path) -> Iterator[None]:
    """Say in one sentence what damaged bytes and values lead to."""
    try:
        yield
    except OSError as error:
        raise ReadError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    except MemoryError as error:
        raise ReadError(f"{path.name} does not fit into the free memory.") from error
    except _DAMAGED as error:
        raise ReadError(f"{path.name} is damaged; get a whole copy of it.") from error


def fingerprint(image: Image) -> str:
    """Return a number that tells the pixels of an image from those of any other, in hexadecimal."""
    digest = hashlib.blake2b(digest_size=16)
    for part in (image.pixels, image.alpha, image.missing):
        if part is not None:
            digest.update(f"{part.dtype.str}{part.shape}".encode())
            digest.update(np.ascontiguousarray(part).data)
    return digest.hexdigest()


def _described(image: Image, folder: Path) -> dict[str, Any]:
    source = image.source
    files = () if source.path is None else (source.path, *source.others)
    return {
        "name": source.name,
        "files": [relative_place(file, folder) for file in files],
        "page": source.page,
        "series": source.series,
        "skip_missing": image.missing is not None and not image.is_volume,
        "grid": image.grid,
        "fingerprint": fingerprint(image),
    }


def _values(archive: zipfile.ZipFile) -> dict[str, Any]:
    """Read all but the arrays."""
    if archive.getinfo(_VALUES).file_size > _MOST_VALUES:
        raise ValueError("more than a hand can do")
    values: dict[str, Any] = json.loads(archive.read(_VALUES))
    return values


def _kept_image(archive: zipfile.ZipFile, name: str) -> Image:
    """Make an image that has no file, such as the clipboard's."""
    pixels, affine = _array(archive, _PIXELS), _array(archive, _AFFINE)
    if pixels is None:
        raise ValueError("neither a file nor pixels")
    return Image(
        pixels,
        "gray" if pixels.shape[-1] == 1 else "rgb",
        _array(archive, _ALPHA),
        spacing=None if affine is None else grid_spacing(affine),
        affine=affine,
        source=Source(name),
    )


def _array(archive: zipfile.ZipFile, name: str) -> NDArray[Any] | None:
    """Read an array; None where there is none of that name."""
    if name not in archive.namelist():
        return None
    check_fits(archive.getinfo(name).file_size, Path(archive.filename or "").name)
    with archive.open(name) as stream:
        array: NDArray[Any] = np.load(stream, allow_pickle=False)
    return array


def _reading_options(described: dict[str, Any]) -> dict[str, Any]:
    return {
        "page": int(described["page"]),
        "series": str(described["series"]) or None,
        "skip_missing": bool(described["skip_missing"]),
    }


def _read_image(files: Sequence[str], options: dict[str, Any]) -> Image:
    if len(files) > 1:
        return stack_channels([read_image(file) for file in files])
    return read_image(files[0], **options)


def _checked(image: Image, described: dict[str, Any], path: Path, *, is_chosen: bool) -> Image:
    """Refuse another image, or note it: one that was chosen need only be as large."""
    name = image.source.name
    if fingerprint(image) == described["fingerprint"]:
        return image
    if list(image.grid) != described["grid"]:
        raise ImageMovedError(
            f"{name} is not the image that {path.name} is about: it is {_size(image.grid)}, not"
            f" {_size(described['grid'])} pixels; locate the right one."
        )
    if not is_chosen:
        raise ImageMovedError(
            f"{name} is not the image that {path.name} is about, or was changed since; locate it."
        )
    notes = (*image.source.notes, f"its pixels are not those that {path.name} was saved with")
    return replace(image, source=replace(image.source, notes=notes))


def _size(grid: Sequence[int]) -> str:
    across = grid[::-1] if len(grid) == 2 else grid
    return " x ".join(map(str, across))
