"""A policy of Qloom on Optuna: the tree-structured Parzen estimator."""
