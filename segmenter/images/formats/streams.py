"""Reading bytes of files that may be compressed."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

TAIL = 1 << 20
"""Bytes after the voxels that are looked at: the checksum of what is packed follows them."""

_GZIP = b"\x1f\x8b"


@contextmanager
def unpacked(file: Path) -> Iterator[IO[bytes]]:
    """Open a file; one that is compressed with gzip is unpacked as it is read."""
    with file.open("rb") as packed:
        is_packed = packed.read(2) == _GZIP
        packed.seek(0)
        if not is_packed:
            yield packed
        else:
            with gzip.GzipFile(fileobj=packed) as stream:
                yield cast("IO[bytes]", stream)


def read_exactly(stream: IO[bytes], n_bytes: int) -> bytes:
    """Read so many bytes.

    Raises
    ------
    EOFError
        If there are fewer.
    """
    content = stream.read(n_bytes)
    if len(content) < n_bytes:
        raise EOFError("fewer bytes than the header says")
    return content


def check_end(stream: IO[bytes]) -> None:
    """Meet the checksum of a packed file if little is left to unpack: it tells damage.

    What follows it, and is not packed, is passed over. After one of many volumes it is far away.

    Raises
    ------
    OSError, EOFError
        If the checksum is another one, or is cut off.
    """
    try:
        stream.read(TAIL)
    except gzip.BadGzipFile as error:
        if not str(error).startswith("Not a gzipped file"):
            raise
