"""The Netpbm family: PBM, PGM, PPM, PAM and PFM, plain and binary, 1 to 16 bits and float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmenter.images.color import widened_from
from segmenter.images.raster import Header, Raster

_TOKEN = re.compile(rb"(?:\s|#[^\n\r]*[\n\r])*([^\s#]+)")
_HEAD_BYTES = 4096
_PAM_FIELDS = (b"WIDTH", b"HEIGHT", b"DEPTH", b"MAXVAL")


@dataclass(frozen=True, slots=True)
class _Stored:
    """How the samples lie in the file."""

    kind: bytes
    width: int
    height: int
    n_samples: int  # of a pixel, with alpha
    maximum: float  # of a sample; of a PFM the scale, whose sign is the byte order
    start: int

    @property
    def has_alpha(self) -> bool:
        return self.n_samples in (2, 4)

    @property
    def is_float(self) -> bool:
        return self.kind in (b"PF", b"Pf")

    @property
    def dtype(self) -> np.dtype[Any]:
        if self.is_float:
            return np.dtype(np.float32)
        return np.dtype(np.uint8 if self.maximum < 256 else np.uint16)

    @property
    def count(self) -> int:
        return self.width * self.height * self.n_samples


def describe(path: Path, _page: int = 0) -> Header:
    """Say what a file holds."""
    with path.open("rb") as file:
        return _header(_stored(file.read(_HEAD_BYTES)))


def decode(path: Path, _page: int = 0) -> Raster:
    """Decode the first picture of a file."""
    content = path.read_bytes()
    stored = _stored(content)
    header = _header(stored)
    samples = _unpacked(content, stored).reshape(stored.height, stored.width, stored.n_samples)
    if not stored.is_float:
        if samples.max(initial=0) > stored.maximum:
            raise ValueError("a sample above the stated maximum")
        if header.model == "rgb" or header.has_alpha or stored.maximum < 255:
            samples = widened_from(samples, int(stored.maximum))
    alpha = np.ascontiguousarray(samples[..., -1]) if header.has_alpha else None
    return Raster(header, samples[..., : header.n_channels], alpha)


def _header(stored: _Stored) -> Header:
    n_channels = stored.n_samples - stored.has_alpha
    return Header(
        format="PNM",
        width=stored.width,
        height=stored.height,
        dtype=stored.dtype,
        model="rgb" if n_channels == 3 else "gray",
        n_channels=n_channels,
        has_alpha=stored.has_alpha,
    )


def _stored(content: bytes) -> _Stored:
    kind = content[:2]
    if kind == b"P7":
        return _pam(content)
    position = 2
    words: list[bytes] = []
    for _ in range(2 if kind in (b"P1", b"P4") else 3):
        match = _TOKEN.match(content, position)
        if match is None:
            raise ValueError("an unfinished header")
        words.append(match[1])
        position = match.end()
    width, height = int(words[0]), int(words[1])
    maximum = float(words[2]) if len(words) == 3 else 1.0
    n_samples = 3 if kind in (b"P3", b"P6", b"PF") else 1
    return _checked(_Stored(kind, width, height, n_samples, maximum, position + 1))


def _pam(content: bytes) -> _Stored:
    head, end, _ = content.partition(b"ENDHDR\n")
    if not end:
        raise ValueError("an unfinished header")
    fields = dict(line.split(None, 1) for line in head.splitlines()[1:] if b" " in line)
    width, height, depth, maximum = (int(fields[name]) for name in _PAM_FIELDS)
    return _checked(_Stored(b"P7", width, height, depth, maximum, start=len(head) + len(end)))


def _checked(stored: _Stored) -> _Stored:
    if stored.width < 0 or stored.height < 0 or not 1 <= stored.n_samples <= 4:
        raise ValueError("a size that cannot be")
    if not stored.is_float and not 1 <= stored.maximum <= 65535:
        raise ValueError("a maximum that cannot be")
    return stored


def _unpacked(content: bytes, stored: _Stored) -> NDArray[Any]:
    """Unpack the samples in the order in which they are shown."""
    match stored.kind:
        case b"P1":
            return _plain_bits(content, stored)
        case b"P2" | b"P3":
            return _plain_numbers(content, stored)
        case b"P4":
            return _packed_bits(content, stored)
        case b"PF" | b"Pf":
            return _floats(content, stored)
    numbers = np.frombuffer(content, stored.dtype.newbyteorder(">"), stored.count, stored.start)
    return numbers.astype(stored.dtype)


def _plain_bits(content: bytes, stored: _Stored) -> NDArray[np.uint8]:
    """Read digits, which need no space between them; 1 is black."""
    digits = re.sub(rb"#[^\n]*|\s", b"", content[stored.start - 1 :])[: stored.count]
    return np.uint8(ord("1")) - np.frombuffer(digits, np.uint8)


def _plain_numbers(content: bytes, stored: _Stored) -> NDArray[Any]:
    words = re.sub(rb"#[^\n]*", b"", content[stored.start - 1 :]).split()
    return np.array(words[: stored.count], dtype=stored.dtype)


def _packed_bits(content: bytes, stored: _Stored) -> NDArray[np.uint8]:
    """Read bits, whose rows begin with a byte of their own; 1 is black."""
    shape = (stored.height, -(-stored.width // 8))
    packed = np.frombuffer(content, np.uint8, shape[0] * shape[1], stored.start).reshape(shape)
    return np.uint8(1) - np.unpackbits(packed, axis=1, count=stored.width)


def _floats(content: bytes, stored: _Stored) -> NDArray[np.float32]:
    """Read floats, whose rows are stored from the bottom up; a negative scale is little-endian."""
    order = "<f4" if stored.maximum < 0 else ">f4"
    floats = np.frombuffer(content, order, stored.count, stored.start)
    return floats.reshape(stored.height, -1)[::-1].astype(np.float32)
