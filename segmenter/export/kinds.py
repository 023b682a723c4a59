"""What a kind of file is called."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KindInfo:
    """What a kind of file is called on screen, and what its values mean."""

    title: str
    description: str
