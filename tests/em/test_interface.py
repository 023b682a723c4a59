"""What README tells importers of tables to call, from the package's top."""

import subprocess
import sys

import numpy as np

import segmenter


def test_a_table_is_served_by_the_top_of_the_package():
    random = np.random.default_rng(0)
    table = np.concatenate([random.normal(mean, 1, (400, 2)) for mean in (0, 0, 9)])
    fit = segmenter.fit_mixture(table, 3)
    best = segmenter.select_components(table, range(1, 4)).best
    assert best.n_components == 2

    mixture = best.fit.mixture
    assert segmenter.tail_probabilities(mixture, [[0, 0], [30, 30]])[1] < 1e-6
    assert segmenter.merge_by_entropy(fit.mixture, table).n_clusters == 2
    swapped = mixture.with_order([1, 0])
    assert list(segmenter.match_components(mixture, swapped)) == [1, 0]
    back = segmenter.mixture_from_json(segmenter.mixture_to_json(mixture))
    assert back.means.tobytes() == mixture.means.tobytes()

    halves = segmenter.fit_blocks([table[::2], table[1::2]], 2).mixture
    order = segmenter.match_components(halves, mixture)
    np.testing.assert_allclose(np.sort(halves.means, 0), np.sort(mixture.means, 0), atol=1e-2)
    assert sorted(order) == [0, 1]
    labels = segmenter.MixtureEstimator(2).fit_predict(table)
    assert (labels[:800] == labels[0]).all()
    assert (labels[800:] != labels[0]).all()


def test_every_public_name_is_there():
    for name in segmenter.__all__:
        assert getattr(segmenter, name) is not None


def test_public_names_are_completed_before_they_are_imported():
    code = "import segmenter, sys; assert 'numpy' not in sys.modules; print(*dir(segmenter))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == sorted(segmenter.__all__)
