"""Turning what decoding libraries raise into a sentence."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from segmenter.errors import ReadError, SegmenterError
from segmenter.images.raster import CannotDecodeError


@contextmanager
def decoding(name: str, safe_format: str = "PNG") -> Iterator[None]:
    """Run a decoder; whatever it raises becomes a `ReadError`.

    Parameters
    ----------
    name : str
        What to call the file.
    safe_format : str
        What to save it as so that it can be read.
    """
    try:
        with warnings.catch_warnings():  # they are about the file's making, not for users
            warnings.simplefilter("ignore")
            yield
    except SegmenterError:
        raise
    except CannotDecodeError as error:
        raise ReadError(f"{name} {error}.") from None
    except MemoryError:
        raise ReadError(f"{name} does not fit into the free memory.") from None
    except Exception as error:  # on damaged bytes the libraries raise whatever they stumble on
        raise ReadError(
            f"{name} cannot be decoded: it is damaged, cut short or of a rare kind; "
            f"get a whole copy of it, or save it again as {safe_format}."
        ) from error
