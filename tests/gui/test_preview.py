import numpy as np
import pytest

from segmenter.gui import preview
from segmenter.gui.jobs import segment_steps
from segmenter.images.image import Image
from segmenter.segment.recipe import RegionsRecipe
from segmenter.segment.regions import segment_regions_steps
from segmenter.session.document import Document
from segmenter.work import finish


@pytest.fixture(autouse=True)
def eager(monkeypatch):
    """Show every step, and take the small test image for a large one."""
    monkeypatch.setattr(preview, "INTERVAL", 0.0)
    monkeypatch.setattr(preview, "PREVIEW_PIXELS", 500)


def steps_of(work):
    steps = []
    finish(work, lambda progress: steps.append(progress.partial))
    return [step for step in steps if step is not None]


def test_a_large_image_is_first_segmented_on_few_pixels(make_photo):
    image = Image(make_photo(60, 80), "rgb")
    steps = steps_of(preview.Preview(image.grid, 0).coarse_steps(image, RegionsRecipe(3)))
    assert steps
    levels = steps[-1].labels
    assert (levels.width, levels.height) == (80, 60)
    finest = levels.levels[0]
    assert finest.factor == 3
    assert finest.pixels.shape == (20, 27)
    quarters = [finest.pixels[y, x] for y in (5, 15) for x in (5, 20)]
    assert len(set(quarters)) == 3


def test_what_is_wrong_with_the_whole_image_is_not_said_of_the_small_one():
    pixels = np.zeros((60, 80, 3), np.uint8)
    pixels[1, 1] = pixels[2, 1] = 200
    image = Image(pixels, "rgb")
    assert steps_of(preview.Preview(image.grid, 0).coarse_steps(image, RegionsRecipe(2))) == []
    assert finish(segment_steps(Document(image, RegionsRecipe(2)), None)).regions.n_labels == 2


def test_a_search_is_not_painted_until_it_has_come_as_far_as_the_screen(make_photo):
    image = Image(make_photo(60, 80), "rgb")
    work = segment_regions_steps(image, RegionsRecipe(max_regions=5))
    steps = steps_of(preview.Preview(image.grid, 3).follow(work))
    assert {step.mixture.n_components for step in steps if step.labels is None} == {1, 2}
    assert max(step.mixture.n_components for step in steps) >= 4
    assert len(steps[-1].candidates) == 5


def test_a_smaller_number_that_was_asked_for_is_painted(make_photo):
    image = Image(make_photo(60, 80), "rgb")
    work = segment_regions_steps(image, RegionsRecipe(2))
    steps = steps_of(preview.Preview(image.grid, 5).follow(work))
    assert steps
    assert all(step.labels is not None for step in steps)
