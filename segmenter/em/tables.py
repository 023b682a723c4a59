"""Tables as scikit-learn takes and refuses them, in words that its users and its checks know."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmenter.em.checks import as_array
from segmenter.errors import SegmenterError

_MOST_NAMED = 5


@contextmanager
def as_value_errors() -> Iterator[None]:
    """Raise as a ValueError what users can mend, as scikit-learn does."""
    try:
        yield
    except SegmenterError as error:
        raise ValueError(str(error)) from error


@as_value_errors()
def checked_table(table: ArrayLike) -> NDArray[Any]:
    """Return a table as an array (n, d) of numbers, which may not be finite.

    Raises
    ------
    TypeError
        It is sparse.
    ValueError
        It is not a real (n, d) array with samples and features.
    """
    if hasattr(table, "toarray"):
        raise TypeError("Sparse input is not supported; pass a dense array.")
    array = as_array(table)
    if array.dtype.kind == "c":
        raise ValueError("Complex data not supported.")
    if array.ndim != 2:
        raise ValueError(f"Expected 2D array, got {array.ndim}D instead. Reshape your data.")
    n, d = array.shape
    if n == 0 or d == 0:
        kind, count = ("sample", n) if n == 0 else ("feature", d)
        raise ValueError(
            f"Found array with {count} {kind}(s) (shape={array.shape}) while a minimum of 1 is "
            "required."
        )
    if array.dtype.kind not in "fiub":
        array = array.astype(np.float64)
    return array


def column_names(table: object) -> NDArray[np.object_] | None:
    """Names of the columns of a data frame, if they are text.

    Raises
    ------
    TypeError
        Some of them are, and some are not.
    """
    columns = list(getattr(table, "columns", ()))
    n_names = sum(isinstance(name, str) for name in columns)
    if 0 < n_names < len(columns):
        kinds = sorted({type(name).__name__ for name in columns})
        raise TypeError(
            "Feature names are only supported if all input features have string names, but your "
            f"input has {kinds} as feature name / column name types. Convert them all to strings "
            "or leave the names out."
        )
    return np.array(columns, dtype=object) if n_names else None


def check_names(table: object, fitted: NDArray[np.object_] | None, estimator: str) -> None:
    """Compare the columns of a table with those of the fit; warn where only one has names.

    Raises
    ------
    ValueError
        They are others, or in another order.
    """
    names = column_names(table)
    if names is None and fitted is None:
        return
    if fitted is None:
        warnings.warn(
            f"X has feature names, but {estimator} was fitted without feature names", stacklevel=4
        )
    elif names is None:
        warnings.warn(
            f"X does not have valid feature names, but {estimator} was fitted with feature names",
            stacklevel=4,
        )
    elif list(names) != list(fitted):
        raise ValueError(_difference(set(names), set(fitted)))


def _difference(names: set[str], fitted: set[str]) -> str:
    message = "The feature names should match those that were passed during fit.\n"
    if names - fitted:
        message += "Feature names unseen at fit time:\n" + _listed(names - fitted)
    if fitted - names:
        message += "Feature names seen at fit time, yet now missing:\n" + _listed(fitted - names)
    if names == fitted:
        message += "Feature names must be in the same order as they were in fit.\n"
    return message


def _listed(names: Iterable[str]) -> str:
    listed = sorted(names)
    shown = [f"- {name}\n" for name in listed[:_MOST_NAMED]]
    return "".join(shown) + "- ...\n" * (len(listed) > _MOST_NAMED)
