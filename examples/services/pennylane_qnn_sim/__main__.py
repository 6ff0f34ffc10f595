"""Serves the simulator: `python -m pennylane_qnn_sim`."""

from pennylane_qnn_sim.service import CONTRACT, NAME, QnnSimulator
from qloom.qnn_sim.v1 import qnn_sim_pb2_grpc
from qloom_service.serve import serve

if __name__ == "__main__":
    serve(NAME, CONTRACT, lambda server: qnn_sim_pb2_grpc.add_QnnSimulatorServiceServicer_to_server(QnnSimulator(), server))
