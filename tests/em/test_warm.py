from itertools import product

import numpy as np

from segmenter.em import kernels, reduction
from segmenter.em.fit import fit_mixture
from segmenter.em.selection import select_components
from segmenter.em.warm import IMAGE_FEATURES, warm_up

COMPILED = (
    kernels.accumulate,
    kernels.write_responsibilities,
    kernels.write_labels,
    kernels.write_log_densities,
    kernels.sum_entropies,
    kernels.add_feature_sums,
    reduction._count_values,
    reduction._add_tables,
    reduction._list_values,
    reduction._look_up,
)


def test_after_it_images_compile_nothing():
    warm_up()
    known = [len(kernel.signatures) for kernel in COMPILED]
    random = np.random.default_rng(0)
    for n_features, writeable in product(IMAGE_FEATURES, (True, False)):
        samples = random.random((5000, n_features), dtype=np.float32)
        samples.flags.writeable = writeable
        mixture = fit_mixture(samples, 3).mixture
        mixture.responsibilities(samples)
        mixture.predict(samples)
        mixture.log_density(samples)
        select_components(samples, (1, 2), sample_weight=random.random(5000))
    for n_channels, dtype in ((3, np.uint8), (1, np.uint8), (1, np.uint16)):
        values = random.integers(0, 9, (5000, n_channels)).astype(dtype)
        reduction.reduce_equal(values)
        values.flags.writeable = False
        reduction.reduce_equal(values)
    assert [len(kernel.signatures) for kernel in COMPILED] == known
