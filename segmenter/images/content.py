"""Which format a file's first bytes are, whatever its name says."""

from __future__ import annotations

import zlib
from pathlib import Path

from segmenter.errors import ReadError

HEAD_BYTES = 1024
_GZIP = b"\x1f\x8b"

COMPRESSED = ("NIfTI", "Analyze", "MGH")
"""Formats that are also read from files compressed with gzip."""

_Table = tuple[tuple[int, bytes, str], ...]
"""Where to look, what must be there, and what it is."""

_READ: _Table = (
    (128, b"DICM", "DICOM"),  # its first 128 bytes are free, and may make it a TIFF as well
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (0, b"II+\0", "TIFF"),
    (0, b"MM\0+", "TIFF"),
    (8, b"WEBP", "WebP"),
    (0, b"GIF87a", "GIF"),
    (0, b"GIF89a", "GIF"),
    (0, b"BM", "BMP"),
    (4, b"ftypavif", "AVIF"),
    (4, b"ftypavis", "AVIF"),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000"),
    *((0, f"P{kind}{space}".encode(), "PNM") for kind in "1234567Ff" for space in " \t\r\n#"),
    (344, b"n+1\0", "NIfTI"),
    (344, b"ni1\0", "NIfTI"),
    (4, b"n+2\0", "NIfTI"),
    (4, b"ni2\0", "NIfTI"),
    (0, b"\x02\0\0\0UL", "DICOM"),  # without the preamble
    (0, b"\x02\0\x10\0UI", "DICOM"),
    *((0, b"\x08\0" + element, "DICOM") for element in (b"\0\0", b"\x05\0", b"\x08\0", b"\x16\0")),
    (0, b"NRRD000", "NRRD"),
    (0, b"ObjectType", "MetaImage"),
    (0, b"NDims", "MetaImage"),
    (0, b"\0\0\0\x01", "MGH"),  # its version
    (0, b"\x5c\x01\0\0", "Analyze"),  # the length of its header, in either byte order
    (0, b"\0\0\x01\x5c", "Analyze"),
)

# What begins like one of the above, and is something else.
_DISGUISED: _Table = ((8, b"CR\x02", "a camera raw file"),)

_NOT_READ: _Table = (
    (128, b"DICM", "DICOM"),  # its first 128 bytes are free, and may make it a TIFF as well
    (0, b"\x1f\x8b", "a gzip-compressed file of no known kind"),
    (0, b"\x89HDF", "an HDF5 file"),
    (4, b"ftyphei", "a HEIC photo"),
    (4, b"ftyphev", "a HEIC photo"),
    (4, b"ftypmif1", "a HEIF photo"),
    (4, b"ftypcrx", "a camera raw file"),
    (0, b"FUJIFILMCCD-RAW", "a camera raw file"),
    (0, b"IIU\0", "a camera raw file"),
    (0, b"IIRO", "a camera raw file"),
    (0, b"IIRS", "a camera raw file"),
    (0, b"\xff\x0a", "a JPEG XL picture"),
    (0, b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"v/1\x01", "an OpenEXR picture"),
    (0, b"%PDF", "a PDF document"),
    (0, b"%!PS", "a PostScript document"),
    (0, b"<svg", "an SVG drawing"),
    (0, b"<?xml", "an XML or SVG file"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (4, b"ftyp", "a video or another media file"),
)


def format_of_file(file: Path, name: str) -> str:
    """Name the format of a file; a compressed volume is of the format inside.

    Parameters
    ----------
    file : Path
        The file.
    name : str
        What to call it in a message.

    Raises
    ------
    ReadError
        If the file cannot be opened, or its format is not one that can be read.
    """
    head = _head(file)
    if not head:
        raise ReadError(f"{name} is empty; get a whole copy of it.")
    if not head.startswith(_GZIP):
        return format_of(head, name)
    found = _found(_unpacked(head), _READ)
    if found not in COMPRESSED:
        raise ReadError(
            f"{name} is compressed and holds no volume; unpack it and open what it holds."
        )
    return found


def _head(file: Path) -> bytes:
    if file.is_fifo() or file.is_socket() or file.is_char_device():
        raise ReadError(f"{file} is not an ordinary file; save the picture to one first.")
    try:
        with file.open("rb") as stream:
            return stream.read(HEAD_BYTES)
    except FileNotFoundError:
        raise ReadError(f"There is no file {file}; check its name and folder.") from None
    except IsADirectoryError:
        raise ReadError(f"{file} is a folder; choose an image in it.") from None
    except PermissionError:
        raise ReadError(f"{file} may not be read: you have no permission for it.") from None
    except OSError as error:
        raise ReadError(f"{file} cannot be read: {error.strerror}.") from error


def _unpacked(head: bytes) -> bytes:
    """Unpack as much as the first bytes of a gzip file hold."""
    try:
        return zlib.decompressobj(wbits=31).decompress(head, HEAD_BYTES)
    except zlib.error:
        return b""


def format_of(head: bytes, name: str) -> str:
    """Name the format of a file from its first bytes.

    Parameters
    ----------
    head : bytes
        The first ``HEAD_BYTES`` bytes of the file, or all of it if it is shorter.
    name : str
        What to call the file in a message.

    Raises
    ------
    ReadError
        If the format is not one that can be read.
    """
    if head.startswith(b"session.json", 30):  # the first name in a ZIP archive
        raise ReadError(f"{name} is a session, not an image; open it by itself in the window.")
    refused = _found(head, _DISGUISED)
    if refused is None:
        known = "AVIF" if _is_general_avif(head) else _found(head, _READ)
        if known is not None:
            return known
        if name.lower().endswith(".tga"):  # the one format with nothing to know it by
            return "TGA"
        refused = _found(head, _NOT_READ)
    if refused is not None:
        raise ReadError(
            f"{name} is {refused}, which Segmenter does not read; "
            "save it as PNG, TIFF or JPEG and open that."
        )
    if name.endswith(".segmenter"):
        raise ReadError(f"{name} is no session of Segmenter; get a whole copy of it.")
    raise ReadError(
        f"{name} is not a picture that Segmenter can read; it reads PNG, JPEG, TIFF, WebP, GIF, "
        "BMP, PNM, JPEG 2000 and AVIF, and volumes as NIfTI, DICOM, NRRD, MetaImage and MGH."
    )


def _found(head: bytes, table: _Table) -> str | None:
    for offset, magic, name in table:
        if head.startswith(magic, offset):
            return name
    return None


def _is_general_avif(head: bytes) -> bool:
    """Tell an AVIF whose first brand is HEIF's, and which names its own among the others."""
    return head[4:12] == b"ftypmif1" and b"avif" in head[16 : int.from_bytes(head[:4])]
