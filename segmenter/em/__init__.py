"""The shared EM core: samples in, mixture out. Knows no image, no file and no window.

It serves tables as well as images::

    from segmenter.em.fit import fit_mixture
    from segmenter.em.selection import select_components

    fit = fit_mixture(table, 3, sample_weight=weights)      # table: (n, d) numbers
    fit.mixture.predict(table), fit.log_likelihood, fit.converged, fit.notes
    best = select_components(table, range(1, 9)).best       # by BIC; best.fit.mixture

==================  ==============================================================
fit                 one mixture, from its own or a given start
selection           how many components; merging: which of them are one cluster
mixture             the result: densities, responsibilities, labels, draws
tails               how unlikely a sample is, as a calibrated probability
reduction, binning  equal or near samples become one weighted sample
stream, sources     samples on disk, from an iterator, or on a cluster (mapping)
matching            which component of one mixture is which of another
document            plain text, dictionary, and JSON that gives back every bit
estimator           the same with scikit-learn's conventions
warm                compile the kernels before anyone waits for them
==================  ==============================================================

Below them: start, cleaning, contest and moves find where to begin; iteration, step, maximization
and acceleration are EM; checks, samples and packing prepare for the kernels, which run block by
block (blocks; supply and counter give the blocks out) on all cores (pool, cores), and are loaded
before they are waited for (loading). Kernels are made of block_densities, block_moments and, where
components share few samples, listed_moments, which say what is in a register (lanes, shuffles).
They compute in float32; exact does the end of a fit whose tolerance is finer than that. Tables and
repetitions prepare what the estimator is given.
"""
