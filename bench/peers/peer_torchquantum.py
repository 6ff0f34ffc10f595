"""TorchQuantum: its batched QuantumDevice with PyTorch's autograd; complex64, its default."""

import sys
from importlib.metadata import version
from types import ModuleType

import torch


class _StandIn(ModuleType):
    """TorchQuantum 0.1.8 imports noise models from a module that Qiskit no longer has, and does without them here."""

    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


for _name in ("aer", "aer.noise", "aer.noise.device", "aer.noise.device.parameters"):
    sys.modules[f"qiskit.providers.{_name}"] = _StandIn(f"qiskit.providers.{_name}")

import torchquantum as tq
import torchquantum.functional as tqf
from protocol import serve

torch.set_num_threads(2)


def prepare(problem):
    n, ring = problem.qubits, problem.ring
    theta = torch.tensor(problem.theta, dtype=torch.float32, requires_grad=True)
    x = torch.tensor(problem.x, dtype=torch.float32)
    y = torch.tensor(problem.y, dtype=torch.float32)
    measure = tq.MeasureAll(tq.PauliZ)

    def run():
        device = tq.QuantumDevice(n_wires=n, bsz=problem.rows)
        for layer in range(problem.layers):
            for q in range(n):
                tqf.ry(device, wires=q, params=x[:, q])
            for q in range(n):
                tqf.ry(device, wires=q, params=theta[layer, q, 0].reshape(1))
                tqf.rz(device, wires=q, params=theta[layer, q, 1].reshape(1))
            for pair in ring:
                tqf.cnot(device, wires=list(pair))
        expectations = measure(device)
        theta.grad = None
        torch.mean((expectations - y) ** 2).backward()
        return expectations.detach().numpy(), theta.grad.numpy()

    return {"run": run}


serve(
    prepare,
    versions={"torchquantum": version("torchquantum"), "torch": torch.__version__},
    setting="batched device, autograd, complex64, 2 threads",
    batched=True,
)
