from itertools import groupby

import numpy as np
import pytest

from segmenter.em import sources, stream
from segmenter.em.fit import fit_mixture
from segmenter.em.settings import FitSettings
from segmenter.em.sources import MemoryMapBlocks
from segmenter.em.stream import fit_blocks, predict_blocks, responsibilities_blocks
from segmenter.errors import SamplesError
from segmenter.work import finish
from tests.em.mixtures import DataFrame, random_mixture


@pytest.fixture(scope="module")
def samples():
    return random_mixture(3, 3, seed=2).sample(50_000, seed=1)[0].astype(np.float32)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("covariance", ["full", "spherical"])
def test_blocks_give_the_mixture_of_the_whole(samples, weighted, covariance):
    weight = np.random.default_rng(0).random(len(samples)) * 7 if weighted else None
    start = fit_mixture(samples, 3, covariance=covariance, max_iterations=1).mixture
    options = {"start": start, "covariance": covariance, "tolerance": 0, "max_iterations": 12}
    whole = fit_mixture(samples, 3, sample_weight=weight, **options)
    cuts = [slice(0, 7), slice(7, 30_000), slice(30_000, None)]
    blocks = [(samples[cut], weight[cut]) if weighted else samples[cut] for cut in cuts]
    parts = fit_blocks(blocks, 3, **options)
    assert parts.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-6)
    np.testing.assert_allclose(parts.mixture.means, whole.mixture.means, atol=1e-4)
    np.testing.assert_allclose(parts.mixture.weights, whole.mixture.weights, atol=1e-5)


def test_each_pass_over_a_block_is_reported(samples):
    one_block, reports = [(samples, np.ones(len(samples)))], []
    settings = FitSettings(tolerance=0, max_iterations=1)
    finish(stream._fit_blocks_steps(one_block, 3, settings, samples[:3], None), reports.append)
    said = [report.message for report in reports]
    assert said.count("Reading the samples") > 5  # checked, weighed and measured in three passes


def test_a_pass_over_blocks_is_one_report_that_grows(samples):
    blocks, settings, reports = np.split(samples, 5), FitSettings(tolerance=0, max_iterations=1), []
    start = random_mixture(3, 3, seed=2)
    finish(stream._fit_blocks_steps(blocks, 3, settings, start, None), reports.append)
    for message, same in groupby(reports, lambda report: report.message):
        shares = [report.fraction for report in same if report.fraction is not None]
        assert shares == sorted(shares), message
        assert len(set(shares)) == 5, message
    order = [message for message, _ in groupby(report.message for report in reports)]
    assert len(order) == len(set(order))


def test_a_start_is_found_in_the_blocks(samples):
    fit = fit_blocks([samples[:20_000], samples[20_000:]], 3)
    assert fit.converged
    assert fit.log_likelihood > fit_mixture(samples, 3).log_likelihood - 1e-3


def test_an_iterator_gives_what_a_sequence_gives(samples):
    blocks = [samples[:20_000], samples[20_000:]]
    by_number = fit_blocks(blocks, 3)
    by_iterator = fit_blocks(lambda: iter(blocks), 3)
    np.testing.assert_array_equal(by_iterator.mixture.means, by_number.mixture.means)


@pytest.mark.parametrize("kind", ["npy", "raw"])
def test_a_memory_map_is_read_block_by_block(samples, tmp_path, kind):
    path = tmp_path / "samples"
    if kind == "npy":
        np.save(tmp_path / "samples.npy", samples)
        mapped = np.load(tmp_path / "samples.npy", mmap_mode="r")
    else:
        samples.tofile(path)
        mapped = np.memmap(path, np.float32, "r", shape=samples.shape)
    blocks = MemoryMapBlocks(mapped, n_rows=12_345)
    assert len(blocks) == 5
    np.testing.assert_array_equal(np.concatenate(list(blocks)), samples)
    rest = MemoryMapBlocks(mapped[1000:], n_rows=40_000)
    np.testing.assert_array_equal(np.concatenate(list(rest)), samples[1000:])
    fit = fit_blocks(blocks, 3)
    assert fit.converged
    whole = fit_blocks(mapped, 3).mixture
    np.testing.assert_allclose(np.sort(whole.means, 0), np.sort(fit.mixture.means, 0), atol=0.02)


@pytest.mark.parametrize("as_given", [np.asarray, DataFrame, lambda table: table[:, 0]])
def test_a_whole_table_is_cut_into_blocks(samples, as_given, monkeypatch):
    monkeypatch.setattr(sources, "_NUMBERS_IN_BLOCK", 30_000)
    table = as_given(samples)
    fit, whole = fit_blocks(table, 3), fit_mixture(table, 3)
    assert fit.mixture.means.shape == whole.mixture.means.shape
    assert fit.log_likelihood > whole.log_likelihood - 1e-3
    labels = list(predict_blocks(fit.mixture, table))
    assert len(labels) > 1
    np.testing.assert_array_equal(np.concatenate(labels), fit.mixture.predict(table))


def test_blocks_that_can_be_read_only_once_are_refused(samples):
    parts = [samples[:999], samples[999:]]
    with pytest.raises(SamplesError, match="pass the function"):
        fit_blocks((part for part in parts), 3)
    once = iter(parts)
    with pytest.raises(SamplesError, match="gone when they were read again"):
        fit_blocks(lambda: once, 3)
    with pytest.raises(SamplesError, match="not of type int"):
        fit_blocks(3, 3)


def test_blocks_are_tables_of_the_same_features(samples):
    with pytest.raises(SamplesError, match="block 1 has 3 and block 2 has 2"):
        fit_blocks([samples, samples[:, :2]], 3)
    with pytest.raises(SamplesError, match="whole table as one array"):
        fit_blocks(samples[:9].tolist(), 3)
    with pytest.raises(SamplesError, match="many of one feature"):
        fit_blocks([samples[:, 0], samples[:900, 1]], 3)


def test_labels_and_responsibilities_block_by_block(samples):
    mixture = random_mixture(3, 3, seed=2)
    blocks = [samples[:999], samples[999:]]
    labels = np.concatenate(list(predict_blocks(mixture, blocks)))
    np.testing.assert_array_equal(labels, mixture.predict(samples))
    shares = np.concatenate(list(responsibilities_blocks(mixture, lambda: iter(blocks))))
    np.testing.assert_array_equal(shares, mixture.responsibilities(samples))


@pytest.mark.parametrize("blocks", [[], [np.empty((0, 3))], [np.array([[np.nan]])]])
def test_blocks_that_cannot_be_used_are_refused(blocks):
    with pytest.raises(SamplesError):
        fit_blocks(blocks, 1)


def test_only_a_mapped_table_can_be_cut(samples):
    with pytest.raises(SamplesError, match="mapped from a file"):
        MemoryMapBlocks(np.asarray(samples).view(np.memmap))


def test_changes_of_a_map_that_were_not_written_are_seen(tmp_path):
    np.save(tmp_path / "table.npy", np.random.default_rng(0).normal(size=(500, 2)))
    table = np.load(tmp_path / "table.npy", mmap_mode="c")
    table += 100
    np.testing.assert_allclose(fit_blocks(table, 1).mixture.means, [table.mean(axis=0)], rtol=1e-5)
