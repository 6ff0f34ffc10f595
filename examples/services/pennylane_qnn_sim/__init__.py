"""A simulator of quantum neural networks for Qloom on PennyLane and JAX."""

import os

# One thread for each process, set before JAX is imported: sums have one order, and more cores are used by more replicas.
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("JAX_ENABLE_X64", "true")
