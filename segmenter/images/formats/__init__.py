"""One file for each family of formats: what a file holds (a header), and its stored pixels.

Every module here has ``describe(path, page) -> Header``, which reads no pixels, and
``decode(path, page) -> Raster``. Both give things as stored; :mod:`segmenter.images.develop` makes
them upright and sRGB. Decoding libraries are imported inside functions, since the program starts
without them.
"""
