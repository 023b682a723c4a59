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


def describe(path: Path, _page: int = 0) -> Header:
    """Say what a file holds."""
    with path.open("rb") as file:
        return _header(_stored(file.read(_HEAD_BYTES)))


def decode(path: Path, _page: int = 0) -> Raster:
    """Decode the first picture of a file."""
    content = path.read_bytes()
    stored = _stored(content)
    header = _header(stored)
    samples = _samples(content, stored)
    if stored.kind not in (b"PF", b"Pf"):
        if stored.kind in (b"P1", b"P4"):
            samples = 1 - samples  # in a bitmap 1 is black
        if samples.max(initial=0) > stored.maximum:
            raise ValueError("a sample above the stated maximum")
        if header.model == "rgb" or stored.maximum < 255:
            samples = widened_from(samples, int(stored.maximum))
    n_channels = header.n_channels
    alpha = np.ascontiguousarray(samples[..., -1]) if stored.has_alpha else None
    return Raster(header, samples[..., :n_channels], alpha)


def _header(stored: _Stored) -> Header:
    n_channels = stored.n_samples - stored.has_alpha
    float_kind = stored.kind in (b"PF", b"Pf")
    dtype = np.float32 if float_kind else np.uint8 if stored.maximum < 256 else np.uint16
    return Header(
        format="PNM",
        width=stored.width,
        height=stored.height,
        dtype=np.dtype(dtype),
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
    if stored.kind not in (b"PF", b"Pf") and not 1 <= stored.maximum <= 65535:
        raise ValueError("a maximum that cannot be")
    return stored


def _samples(content: bytes, stored: _Stored) -> NDArray[Any]:
    """Unpack the samples, shape (height, width, n_samples)."""
    shape = (stored.height, stored.width, stored.n_samples)
    count = int(np.prod(shape))
    dtype = np.dtype(np.uint8 if stored.maximum < 256 else np.uint16)
    if stored.kind == b"P4":
        stride = -(-stored.width // 8)
        packed = np.frombuffer(content, np.uint8, stored.height * stride, stored.start)
        bits = np.unpackbits(packed.reshape(stored.height, stride), axis=1, count=stored.width)
        return bits[..., None]
    if stored.kind == b"P1":
        plain = content[stored.start - 1 :]
        digits = np.frombuffer(re.sub(rb"#[^\n]*|\s", b"", plain)[:count], np.uint8) - ord("0")
        return digits.reshape(shape)
    if stored.kind in (b"P2", b"P3"):
        plain = re.sub(rb"#[^\n]*", b"", content[stored.start - 1 :])
        return np.array(plain.split()[:count], dtype=dtype).reshape(shape)
    if stored.kind in (b"PF", b"Pf"):
        order = "<f4" if stored.maximum < 0 else ">f4"
        floats = np.frombuffer(content, order, count, stored.start).reshape(shape)
        return floats[::-1].astype(np.float32)  # stored from the bottom up
    stored_dtype = dtype.newbyteorder(">")
    binary = np.frombuffer(content, stored_dtype, count, stored.start)
    return binary.reshape(shape).astype(dtype)
