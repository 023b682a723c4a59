import pytest

from segmenter.gui.jobs import segment_steps
from segmenter.gui.results import ResultCache
from segmenter.images.image import Image
from segmenter.segment.recipe import RegionsRecipe
from segmenter.session.document import Document
from segmenter.work import finish


@pytest.fixture(scope="module")
def results(make_photo):
    """Return results of three recipes, which share their features."""
    image = Image(make_photo(60, 80), "rgb")
    found, previous = [], None
    for smoothness in (0.0, 0.3, 0.6):
        document = Document(image, RegionsRecipe(3, smoothness=smoothness))
        previous = finish(segment_steps(document, previous))
        found.append(previous)
    return found


def test_results_are_found_by_their_recipes(results):
    cache = ResultCache()
    for result in results:
        cache.keep(result)
    assert all(cache.find(result.regions.recipe) is result for result in results)
    assert cache.find(RegionsRecipe(9)) is None
    cache.clear()
    assert cache.find(results[0].regions.recipe) is None


def test_the_longest_unused_go_first_and_the_latest_stays(results):
    cache = ResultCache(max_bytes=1)
    for result in results:
        cache.keep(result)
    assert cache.find(results[0].regions.recipe) is None
    assert cache.find(results[2].regions.recipe) is results[2]


def test_what_results_share_counts_once(results):
    features = results[0].regions.field.features
    assert results[1].regions.field.features is features
    assert features.index is None  # all colors differ: the samples are all there is to share
    shared, own = features.samples.nbytes, 60 * 80  # the finest level is the label map itself
    for max_bytes, kept in ((shared + 3 * own, True), (shared + 3 * own - 1, False)):
        cache = ResultCache(max_bytes)
        for result in results:
            cache.keep(result)
        assert (cache.find(results[0].regions.recipe) is results[0]) is kept
