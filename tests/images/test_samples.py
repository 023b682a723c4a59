import subprocess
import sys

import pytest

from segmenter.errors import ParameterError
from segmenter.images.read import read_image
from segmenter.images.samples import find_sample, list_samples


def test_every_listed_sample_opens():
    samples = list_samples()
    assert len(samples) >= 10
    for sample in samples:
        image = read_image(f"sample:{sample.name}")
        assert image.source.name == sample.name
        assert min(image.grid) >= 300


def test_names_are_unique_and_found():
    names = [sample.name for sample in list_samples()]
    assert len(set(names)) == len(names)
    assert find_sample("sample:coffee") == find_sample("coffee")


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(ParameterError, match=r'^There is no sample called "dog"; .*astronaut.*\.$'):
        read_image("sample:dog")


def test_listing_and_describing_start_fast():
    """Nothing heavy may be imported on the way to `segmenter info` or the window's samples."""
    code = (
        "import sys\n"
        "from segmenter.images.samples import list_samples\n"
        "from segmenter.images.read import describe_file\n"
        "assert list_samples()\n"
        "heavy = {'imagecodecs', 'tifffile', 'skimage', 'scipy', 'numba'}\n"
        "assert not (heavy | {'PIL'}) & set(sys.modules)\n"
        "describe_file('sample:coffee')\n"
        "assert not heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
