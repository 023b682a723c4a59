"""Reading bytes of files that may be packed by gzip or zlib."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

TAIL = 1 << 28
"""Bytes after the voxels that are unpacked to meet the checksum: a second's work."""

_CHUNK = 1 << 17
_GZIP = b"\x1f\x8b"
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32


@contextmanager
def unpacked(file: Path) -> Iterator[IO[bytes]]:
    """Open a file; one that is compressed with gzip is unpacked as it is read, forwards alone."""
    with file.open("rb") as stream:
        is_packed = stream.read(2) == _GZIP
        stream.seek(0)
        yield Unpacked(stream) if is_packed else stream


class Unpacked(io.BufferedReader):
    """What is packed in a stream by gzip, in one part or several, or by zlib.

    What follows the last part, and is not packed, is passed over. Reading raises `zlib.error` for
    bytes that cannot be unpacked or have another checksum, and `EOFError` where bytes are missing.

    Parameters
    ----------
    stream : IO of bytes
        Stands where the first part begins; must stay open.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(_Parts(stream), _CHUNK)


class _Parts(io.RawIOBase):
    """The parts one after the other; it only goes forwards."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._part = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._next = b""  # what was read of the stream, and not given to the part yet
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET or offset < self._position:
            raise io.UnsupportedOperation("packed bytes are read forwards")
        while offset > self._position and self._some(min(offset - self._position, _CHUNK)):
            pass
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        content = self._some(len(view))
        view[: len(content)] = content
        return len(content)

    def _some(self, most: int) -> bytes:
        """Unpack at least a byte, and no more than asked for; none at the end."""
        content = b""
        while not content and not (self._part.eof and not self._begin_next()):
            packed = self._next or self._stream.read(_CHUNK)
            content = self._part.decompress(packed, most)
            self._next = self._part.unconsumed_tail
            if not (packed or content or self._part.eof):
                raise EOFError("packed bytes are cut off")
        self._position += len(content)
        return content

    def _begin_next(self) -> bool:
        """Go on to the part that follows, past zeros between them; tell if there is one."""
        rest = self._part.unused_data.lstrip(b"\0")
        while len(rest) < len(_GZIP) and (more := self._stream.read(_CHUNK)):
            rest = (rest + more).lstrip(b"\0")
        if not rest.startswith(_GZIP):
            return False
        self._part, self._next = zlib.decompressobj(_GZIP_OR_ZLIB), rest
        return True


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
    """Meet the checksum of what is packed: it tells damage.

    It follows all that is packed. Of a file of many volumes, where more than `TAIL` bytes are left,
    it is not looked at.

    Raises
    ------
    zlib.error, EOFError
        If the checksum is another one, or is cut off.
    """
    if isinstance(stream, Unpacked):
        left = TAIL
        while left > 0 and (content := stream.read(_CHUNK)):
            left -= len(content)
