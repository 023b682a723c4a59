"""What of a file is read: the options for it, and reading by them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from segmenter.cli.arguments import whole
from segmenter.errors import MissingValuesError

if TYPE_CHECKING:
    from segmenter.images.image import Image


def add_reading_options(group: Any) -> None:
    """Offer what commands of pictures and volumes take.

    Parameters
    ----------
    group : ArgumentParser or group of its arguments
        Where.
    """
    group.add_argument("--page", type=whole, default=1, metavar="N",
                       help="page, frame or volume of a file that has several"
                       " (default: 1)")  # fmt: skip
    group.add_argument("--dicom-series", metavar="UID", help="which series of a DICOM folder")
    add_missing_option(group)


def add_missing_option(group: Any) -> None:
    """Offer to leave out what is no number."""
    group.add_argument("--skip-missing", action="store_true",
                       help="leave out pixels that are NaN, infinite or beyond 1e18")  # fmt: skip


def read(file: str, chosen: argparse.Namespace) -> Image:
    """Read what the options say of a file.

    Raises
    ------
    ReadError, ParameterError
        As `read_image` does; of missing values the sentence names the option that leaves them out.
    """
    from segmenter.images.read import read_image

    series = getattr(chosen, "dicom_series", None)
    try:
        return read_image(
            file, page=chosen.page - 1, series=series, skip_missing=chosen.skip_missing
        )
    except MissingValuesError as error:
        remedy = "add --skip-missing to leave them out"
        raise MissingValuesError(error.problem, remedy) from None
