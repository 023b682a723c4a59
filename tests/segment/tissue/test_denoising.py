import numpy as np
import pytest

from segmenter.segment.tissue.denoising import denoise_steps, noise_level_steps, steps_for
from segmenter.work import finish

SPACING = np.ones(3)


def two_tissues(noise, side=24):
    clean = np.full((side, side, side), 100, np.float32)
    clean[side // 2 :] = 140
    random = np.random.default_rng(0).normal(0, noise, clean.shape)
    return clean, (clean + random).astype(np.float32), np.ones(clean.shape, bool)


@pytest.mark.parametrize("noise", [1, 5, 10])
def test_the_noise_is_measured_across_edges(noise):
    _, noisy, everywhere = two_tissues(noise)
    assert finish(noise_level_steps(noisy, everywhere)) == pytest.approx(noise, rel=0.15)


def test_noise_falls_and_edges_stay():
    clean, noisy, everywhere = two_tissues(5)
    found, _ = finish(denoise_steps(noisy, everywhere, SPACING))
    assert (found - clean).std() < 0.85 * (noisy - clean).std()
    step = found[12].mean() - found[11].mean()
    assert step == pytest.approx(40, abs=1)


def test_what_is_far_off_by_noise_alone_is_mended():
    clean, noisy, everywhere = two_tissues(12)
    found, _ = finish(denoise_steps(noisy, everywhere, SPACING))
    far = np.abs(noisy - clean) > 30
    assert np.abs(found - clean)[far].mean() < 0.6 * np.abs(noisy - clean)[far].mean()


def test_empty_voxels_and_what_is_outside_stay():
    _, noisy, mask = two_tissues(5)
    noisy[5, 5, 5] = 0
    mask[:, :, 20:] = False
    found, _ = finish(denoise_steps(noisy, mask, SPACING))
    assert found[5, 5, 5] == 0
    np.testing.assert_array_equal(found[~mask], noisy[~mask])


def test_what_has_no_noise_stays():
    clean, _, everywhere = two_tissues(5)
    found, _ = finish(denoise_steps(clean, everywhere, SPACING))
    np.testing.assert_allclose(found, clean, rtol=1e-5)


def test_more_noise_takes_more_steps():
    assert [steps_for(noise) for noise in (0.01, 0.08, 0.12, 0.5)] == [1, 2, 3, 4]
    clean, noisy, everywhere = two_tissues(14)
    found, _ = finish(denoise_steps(noisy, everywhere, SPACING))
    assert (found - clean).std() < 0.65 * (noisy - clean).std()
