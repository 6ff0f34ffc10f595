"""QnnSimulatorService over gRPC: GetCapabilities, Evaluate, Expectation and Gradient. Measure and Minimize are UNIMPLEMENTED."""

from collections.abc import Iterator

import grpc
import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from pennylane_qnn_sim.circuit import Circuit, expectations, parameter_count
from pennylane_qnn_sim.evaluate import read_evaluation, report
from pennylane_qnn_sim.settings import ENGINE, LIMITS, decode_circuit
from qloom.episode.v1 import capabilities_pb2
from qloom.qnn_sim.v1 import qnn_sim_pb2 as pb
from qloom.qnn_sim.v1 import qnn_sim_pb2_grpc
from qloom.tensor.v1 import tensor_pb2
from qloom_service.points import decode_tensor, encode_tensor
from qloom_service.refusals import invalid

NAME, VERSION = "pennylane-qnn-sim", "1.0.0"
CONTRACT = "qloom.qnn_sim.v1.QnnSimulatorService"
FLOATS = (tensor_pb2.DTYPE_FLOAT32, tensor_pb2.DTYPE_FLOAT64)
MOST_AMPLITUDES = 1 << 20
"""Rows times 2^qubits of a request to execute."""


class QnnSimulator(qnn_sim_pb2_grpc.QnnSimulatorServiceServicer):
    """Serves trainings and circuits. It keeps compiled programs between calls, and nothing that an answer depends on."""

    def GetCapabilities(self, request: pb.GetCapabilitiesRequest, context: grpc.ServicerContext) -> pb.GetCapabilitiesResponse:
        """Name, engine and limits. No hyperparameters: a study fixes its QNN, so that episodes are comparable."""
        engine = capabilities_pb2.Engine(name=ENGINE, available=True, selected=True, reason="PennyLane's simulator, by JAX")
        return pb.GetCapabilitiesResponse(
            capabilities=capabilities_pb2.Capabilities(
                service=NAME,
                version=VERSION,
                engines=[engine],
                limits=[capabilities_pb2.Limit(name=name, maximum=maximum) for name, maximum in LIMITS.items()],
            )
        )

    def Evaluate(self, requests: Iterator[pb.EvaluateRequest], context: grpc.ServicerContext) -> pb.EvaluateResponse:
        """Trains QNNs and scores them. A cancelled call stops before its next step."""
        return pb.EvaluateResponse(report=report(read_evaluation(requests), context.is_active))

    def Expectation(self, request: pb.ExpectationRequest, context: grpc.ServicerContext) -> pb.ExpectationResponse:
        """Exact expectations of a batch."""
        circuit, observables = decode_circuit(request)
        parameters, inputs = _arguments(request, circuit)
        values = expectations(circuit, observables)(jnp.asarray(parameters), jnp.asarray(inputs))
        return pb.ExpectationResponse(values=_float64(values), engine=ENGINE)

    def Gradient(self, request: pb.GradientRequest, context: grpc.ServicerContext) -> pb.GradientResponse:
        """Gradients of Σ weights · expectations, by reverse differentiation of the simulation."""
        circuit, observables = decode_circuit(request.expectation, request.method)
        parameters, inputs = _arguments(request.expectation, circuit)
        shape = (len(inputs), len(observables))
        weights = decode_tensor(request.weights, "weights", *FLOATS)
        if weights.shape != shape:
            raise invalid("weights.shape", f"is {list(weights.shape)}; right would be {list(shape)}")
        function = expectations(circuit, observables)
        values, backward = jax.vjp(function, jnp.asarray(parameters), jnp.asarray(inputs))
        by_parameter, by_input = backward(jnp.asarray(weights, dtype=values.dtype))
        return pb.GradientResponse(
            values=_float64(values),
            parameter_gradient=_float64(by_parameter),
            input_gradient=_float64(by_input),
            engine=ENGINE,
        )


def _arguments(request: pb.ExpectationRequest, circuit: Circuit) -> tuple[NDArray, NDArray]:
    """Parameters [P] and inputs [rows, inputs] in float64. Raises INVALID_ARGUMENT."""
    parameters = decode_tensor(request.parameters, "parameters", *FLOATS).astype(np.float64)
    count = parameter_count(circuit)
    if parameters.shape != (count,):
        raise invalid("parameters.shape", f"is {list(parameters.shape)}; right would be [{count}]")
    inputs = decode_tensor(request.inputs, "inputs", *FLOATS).astype(np.float64)
    if inputs.ndim != 2 or len(inputs) < 1 or inputs.shape[1] != circuit.inputs:
        raise invalid("inputs.shape", f"is {list(inputs.shape)}; right would be [batch, {circuit.inputs}]")
    if len(inputs) << circuit.qubits > MOST_AMPLITUDES:
        raise invalid("inputs.shape", f"has {len(inputs)} rows; right would be at most {MOST_AMPLITUDES >> circuit.qubits}")
    return parameters, inputs


def _float64(values: jax.Array) -> tensor_pb2.Tensor:
    return encode_tensor(np.asarray(values), tensor_pb2.DTYPE_FLOAT64)
