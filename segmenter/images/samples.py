"""Real photos to try things on, the ones that scikit-image carries inside its package."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from segmenter.errors import ParameterError

PREFIX = "sample:"

_SAMPLES = (
    ("astronaut", "Astronaut Eileen Collins", "astronaut.png"),
    ("coffee", "Cup of coffee", "coffee.png"),
    ("cat", "Chelsea the cat", "chelsea.png"),
    ("rocket", "Rocket at dusk", "rocket.jpg"),
    ("hubble", "Hubble deep field", "hubble_deep_field.jpg"),
    ("ihc", "Stained tissue (immunohistochemistry)", "ihc.png"),
    ("retina", "Retina", "retina.jpg"),
    ("camera", "Cameraman", "camera.png"),
    ("coins", "Greek coins", "coins.png"),
    ("cell", "Cell, quantitative phase", "cell.png"),
    ("moon", "Surface of the moon", "moon.png"),
    ("gravel", "Gravel", "gravel.png"),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture that comes with the program.

    Attributes
    ----------
    name : str
        Short, for ``sample:NAME``.
    title : str
        What it shows.
    path : Path
        Its file.
    """

    name: str
    title: str
    path: Path


@cache
def list_samples() -> tuple[Sample, ...]:
    """List the sample pictures that are installed.

    Finding them does not import scikit-image.
    """
    package = find_spec("skimage")
    if package is None or not package.submodule_search_locations:
        return ()
    folder = Path(package.submodule_search_locations[0]) / "data"
    found = (Sample(name, title, folder / file) for name, title, file in _SAMPLES)
    return tuple(sample for sample in found if sample.path.is_file())


def find_sample(name: str) -> Sample:
    """Find a sample by its short name, with or without the leading ``sample:``.

    Raises
    ------
    ParameterError
        If there is none of that name; the message lists the names.
    """
    wanted = name.removeprefix(PREFIX)
    for sample in list_samples():
        if sample.name == wanted:
            return sample
    names = ", ".join(sample.name for sample in list_samples())
    raise ParameterError(f'There is no sample called "{wanted}"; the samples are {names}.')
