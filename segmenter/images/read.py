"""Reading picture files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path

from segmenter.errors import ParameterError, ReadError
from segmenter.images.content import HEAD_BYTES, format_of
from segmenter.images.develop import developed
from segmenter.images.formats import photo, pillow, pnm, tiff
from segmenter.images.image import Image, Source
from segmenter.images.limits import check_size
from segmenter.images.orientation import swaps_axes
from segmenter.images.raster import CannotDecodeError, Header, Raster
from segmenter.images.samples import PREFIX, find_sample


def read_image(path: str | PathLike[str], *, page: int = 0, skip_missing: bool = False) -> Image:
    """Read a picture.

    The content decides the format, not the file's name. Pixels keep the file's own dtype (16-bit
    color stays 16 bits) and come upright and in sRGB, or as one gray channel. Samples of fewer
    than 8 bits, and color of fewer bits than its dtype, are stretched to the full range; gray of
    9 to 15 bits keeps its values.

    Parameters
    ----------
    path : str or path
        A file, or ``"sample:NAME"`` for a picture that comes with the program.
    page : int
        Which page or frame, from 0. Frames of an animation are fully composed.
    skip_missing : bool
        Take pixels that are NaN or infinite as missing instead of refusing the file.

    Returns
    -------
    Image
        The picture.

    Raises
    ------
    ReadError
        If the file cannot be read, is damaged, or is larger than the limit.
    ParameterError
        If there is no such page or no such sample.
    """
    source, file = _located(path, page)
    decoder = _decoder(file, source.name)
    header = _header(decoder, file, source)
    check_size(header, source.name)
    with _decoding(source.name):
        raster = decoder.decode(file, page)
    return developed(raster, source, skip_missing=skip_missing)


def describe_file(path: str | PathLike[str], *, page: int = 0) -> FileInfo:
    """Say what a picture file holds without reading its pixels.

    Parameters
    ----------
    path : str or path
        A file, or ``"sample:NAME"``.
    page : int
        Which page or frame, from 0.

    Raises
    ------
    ReadError
        If the file is not a picture that can be read.
    ParameterError
        If there is no such page or no such sample.
    """
    source, file = _located(path, page)
    header = _header(_decoder(file, source.name), file, source)
    turned = swaps_axes(header.orientation)
    return FileInfo(
        name=source.name,
        path=file,
        n_bytes=file.stat().st_size,
        format=header.format,
        width=header.height if turned else header.width,
        height=header.width if turned else header.height,
        dtype=str(header.dtype),
        colors=header.model,
        n_channels=header.n_channels,
        has_alpha=header.has_alpha,
        n_pages=header.n_pages,
        orientation=header.orientation,
        profile=header.profile is not None,
        notes=header.notes,
    )


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What a picture file holds.

    Attributes
    ----------
    name : str
        The file's name.
    path : Path
        The file.
    n_bytes : int
        Its size.
    format : str
        Found in the content, such as "JPEG".
    width, height : int
        Upright, in pixels.
    dtype : str
        Of the pixels as they will be read, such as "uint8".
    colors : {"gray", "rgb", "cmyk", "lab", "channels"}
        What it stores; a palette counts as what its colors are.
    n_channels : int
        Without alpha.
    has_alpha : bool
        Whether it has opacity.
    n_pages : int
        Pages or frames.
    orientation : int
        EXIF orientation, 1 to 8, which is applied on reading.
    profile : bool
        Whether an ICC profile is embedded.
    notes : tuple of str
        What else there is to say.
    """

    name: str
    path: Path
    n_bytes: int
    format: str
    width: int
    height: int
    dtype: str
    colors: str
    n_channels: int
    has_alpha: bool
    n_pages: int
    orientation: int
    profile: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Decoder:
    describe: Callable[[Path, int], Header]
    decode: Callable[[Path, int], Raster]


_PHOTO = _Decoder(photo.describe, photo.decode)
_PILLOW = _Decoder(pillow.describe, pillow.decode)
_DECODERS = {
    "PNG": _PHOTO,
    "JPEG": _PHOTO,
    "WebP": _PHOTO,
    "AVIF": _PHOTO,
    "JPEG 2000": _PHOTO,
    "GIF": _PILLOW,
    "BMP": _PILLOW,
    "TGA": _PILLOW,
    "TIFF": _Decoder(tiff.describe, tiff.decode),
    "PNM": _Decoder(pnm.describe, pnm.decode),
}


def _located(path: str | PathLike[str], page: int) -> tuple[Source, Path]:
    text = fspath(path)
    if text.startswith(PREFIX):
        sample = find_sample(text)
        return Source(sample.name, sample.path, page=page), sample.path
    file = Path(text)
    return Source(file.name, file, page=page), file


def _decoder(file: Path, name: str) -> _Decoder:
    """Look at the first bytes, which also finds out whether the file can be read at all."""
    if file.is_fifo() or file.is_socket() or file.is_char_device():
        raise ReadError(f"{file} is not an ordinary file; save the picture to one first.")
    try:
        with file.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except FileNotFoundError:
        raise ReadError(f"There is no file {file}; check its name and folder.") from None
    except IsADirectoryError:
        raise ReadError(f"{file} is a folder; name a picture file in it.") from None
    except PermissionError:
        raise ReadError(f"{file} may not be read: you have no permission for it.") from None
    except OSError as error:
        raise ReadError(f"{file} cannot be read: {error.strerror}.") from error
    if not head:
        raise ReadError(f"{name} is empty; get a whole copy of it.")
    return _DECODERS[format_of(head, name)]


def _header(decoder: _Decoder, file: Path, source: Source) -> Header:
    with _decoding(source.name):
        header = decoder.describe(file, max(0, source.page))
    if not 0 <= source.page < header.n_pages:
        pages = "only 1 page" if header.n_pages == 1 else f"{header.n_pages} pages"
        raise ParameterError(f"{source.name} has {pages}; choose one that is there.")
    return header


@contextmanager
def _decoding(name: str) -> Iterator[None]:
    """Turn what a decoding library raises into a sentence."""
    try:
        yield
    except CannotDecodeError as error:
        raise ReadError(f"{name} {error}.") from None
    except MemoryError:
        raise ReadError(f"{name} does not fit into the free memory.") from None
    except Exception as error:  # on damaged bytes the libraries raise whatever they stumble on
        raise ReadError(
            f"{name} cannot be decoded: it is damaged, cut short or of a rare kind; "
            "get a whole copy of it, or save it again as PNG."
        ) from error
