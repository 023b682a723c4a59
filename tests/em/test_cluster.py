import numpy as np
import pytest

from segmenter.em.stream import fit_blocks
from tests.em.mixtures import random_mixture

distributed = pytest.importorskip("distributed", reason="needs the extra 'cluster'")


@pytest.mark.filterwarnings("ignore")  # a cluster's own, of ports and of closing
def test_a_cluster_finds_the_same_mixture():
    samples = random_mixture(3, 3, seed=2).sample(30_000, seed=1)[0].astype(np.float32)
    blocks = [samples[:10_000], samples[10_000:]]
    here = fit_blocks(blocks, 3)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        there = fit_blocks(blocks, 3, client=client)
        streamed = fit_blocks(lambda: iter(blocks), 3, client=client)
    for fit in (there, streamed):
        assert fit.history == here.history
        np.testing.assert_allclose(fit.mixture.means, here.mixture.means, rtol=0, atol=1e-10)
