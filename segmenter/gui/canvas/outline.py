"""Outlines of labels for the part of the image that is seen, at the screen's resolution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
