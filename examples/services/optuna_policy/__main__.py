"""Serves the policy: `python -m optuna_policy`."""

from optuna_policy.service import CONTRACT, Policy
from qloom.policy.v1 import policy_pb2_grpc
from qloom_service.serve import serve

if __name__ == "__main__":
    serve("optuna-policy", CONTRACT, lambda server: policy_pb2_grpc.add_PolicyServiceServicer_to_server(Policy(), server))
