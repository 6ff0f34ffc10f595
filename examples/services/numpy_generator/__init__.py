"""A generator of Qloom in NumPy: Gaussian mixtures, one for each class."""

import os

# One BLAS thread, set before NumPy is imported: sums then have the same order, so the same bits, whatever the number of cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
