"""Opening a DICOM file, and saying what is missing when it cannot be."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segmenter.images.raster import CannotDecodeError

if TYPE_CHECKING:
    from pydicom import Dataset

INSTALL = "install what it takes with: pip install 'segmenter[dicom]'"


def header_of(file: Path) -> Dataset:
    """Read everything of a file but its pixels; a file without the preamble counts too.

    Raises
    ------
    CannotDecodeError
        If pydicom is not installed.
    """
    header: Dataset = imported().dcmread(file, stop_before_pixels=True, force=True)
    return header


def whole(file: Path) -> Dataset:
    """Read a file with its pixels, still encoded."""
    dataset: Dataset = imported().dcmread(file, force=True)
    if "PixelData" not in dataset:
        raise CannotDecodeError("is a DICOM file without pixels; open one that holds an image")
    return dataset


def imported() -> Any:
    """Import pydicom, and keep what it logs of files to itself."""
    logging.getLogger("pydicom").addHandler(logging.NullHandler())
    try:
        import pydicom
    except ImportError:
        raise CannotDecodeError(f"is DICOM; {INSTALL}") from None
    return pydicom


@contextmanager
def named(file: Path) -> Iterator[None]:
    """Name the file of a series that cannot be read."""
    try:
        yield
    except (CannotDecodeError, MemoryError):
        raise
    except Exception as error:  # on damaged bytes pydicom raises whatever it stumbles on
        raise CannotDecodeError(
            f"holds {file.name}, which is damaged or cut short; get a whole copy of it"
        ) from error


def numbers(dataset: Dataset, name: str, count: int) -> tuple[float, ...] | None:
    """Give an element of so many finite numbers, or None where it is absent or something else."""
    value = dataset.get(name)
    if value is None or isinstance(value, str):
        return None
    try:
        values = tuple(float(item) for item in (value if count > 1 else _items(value)))
    except (TypeError, ValueError):
        return None
    is_finite = all(abs(item) < float("inf") for item in values)
    return values if len(values) == count and is_finite else None


def number(dataset: Dataset, name: str, default: float) -> float:
    """Give the first number of an element."""
    value = dataset.get(name)
    try:
        return float(_items(value)[0])
    except (TypeError, ValueError, IndexError):
        return default


def text(dataset: Dataset, name: str) -> str:
    """Give an element as words; empty where it is absent."""
    value = dataset.get(name)
    return "" if value is None else str(value).strip()


def _items(value: Any) -> list[Any]:
    return [value] if isinstance(value, (int, float, str)) else list(value)
