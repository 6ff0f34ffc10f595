"""Talks to a server with IonQ's own clients, and prints what they make of the answers as one JSON object.

Arguments: address of the API, API key, device, token of a job that the server already has. Stdin is the payload of a job of
the adapter. ionq-core parses every answer by the vendor's published schema; qiskit-ionq submits circuits of Qiskit.
"""

import json
import math
import sys
import time
import warnings
from collections.abc import Callable

from ionq_core import IonQClient, SessionManager, iter_jobs
from ionq_core.api.backends import get_backend, get_backends
from ionq_core.api.characterizations import get_characterization
from ionq_core.api.default import (
    cancel_job,
    create_job,
    estimate_job_cost,
    get_job,
    get_job_artifact,
    get_job_cost,
    get_session,
)
from ionq_core.api.whoami import get_whoami
from ionq_core.exceptions import APIError, AuthenticationError, BadRequestError, NotFoundError, RateLimitError
from ionq_core.models import CircuitJobCreationPayload, JSONMultiCircuitJob
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector
from qiskit_ionq import IonQProvider

warnings.simplefilter("ignore")
url, api_key, device, token = sys.argv[1:]
payload = json.loads(sys.stdin.read())
client = IonQClient(api_key=api_key, base_url=url, max_retries=0)
seen = {}


def ended(identifier: str) -> object:
    """The job, once it has ended."""
    while True:
        job = get_job.sync(identifier, client=client)
        if job.status in ("completed", "failed", "canceled"):
            return job
        time.sleep(0.01)


# The first job fails, as the server was told.
single = {
    "type": "ionq.circuit.v1",
    "backend": device,
    "shots": 40,
    "input": {"qubits": 2, "gateset": "qis", "circuit": [{"gate": "x", "target": 1}]},
}
failed = ended(create_job.sync(client=client, body=CircuitJobCreationPayload.from_dict(single)).id)
seen["failed"] = {"status": failed.status, "code": failed.failure.code, "message": failed.failure.message}

backend = get_backend.sync(device, client=client)
characterization = get_characterization.sync(device, backend.characterization_id, client=client)
seen["backend"] = {
    "names": [one.backend for one in get_backends.sync(client=client)],
    "qubits": backend.qubits,
    "status": backend.status,
    "spam": characterization.fidelity.spam.median,
    "pairs": len(characterization.connectivity),
    "dated": characterization.date,
}
seen["key"] = get_whoami.sync(client=client).key_name

# The adapter's job, as the vendor's client reads and writes it.
body = JSONMultiCircuitJob.from_dict(payload)
seen["payload"] = body.to_dict()
job = ended(create_job.sync(client=client, body=body).id)
artifact = job.results["ionq.result.probabilities-aggregate.json.v1"]
probabilities = json.loads(get_job_artifact.sync_detailed(job.id, artifact.id, client=client).content)
cost = get_job_cost.sync(job.id, client=client)
gates = job.stats["gate_counts"] if isinstance(job.stats, dict) else job.stats.gate_counts.to_dict()
estimate = estimate_job_cost.sync(
    client=client, backend=device, qubits=3, shots=payload["shots"], field_1q_gates=120, field_2q_gates=60
)
seen["done"] = {
    "type": type(job).__name__,
    "probabilities": [probabilities[child] for child in job.child_job_ids],
    "children": [get_job.sync(child, client=client).name for child in job.child_job_ids],
    "gates": gates,
    "cost": cost.cost.value,
    "estimated": cost.estimated_cost.value,
    "unit": cost.cost.unit,
}
seen["estimate"] = {
    "total": estimate.estimated_total_cost,
    "unit": estimate.estimated_unit,
    "rates": [rate.to_dict() for rate in estimate.rate_card.rates],
    "milliseconds": estimate.estimated_execution_time,
}

waiting = create_job.sync(client=client, body=CircuitJobCreationPayload.from_dict(single)).id
seen["cancelled"] = [cancel_job.sync(waiting, client=client).status, get_job.sync(waiting, client=client).status]
ours = [one for one in iter_jobs(client, target=device, limit=3) if one.metadata and "qloom-token" in one.metadata]
seen["listed"] = {
    "tokens": sorted({one.metadata["qloom-token"] for one in ours if one.parent_job_id is None}),
    "found": any(one.metadata["qloom-token"] == token for one in ours),
}
with SessionManager(client, device, max_jobs=1, max_cost=9.5) as session:
    opened = get_session.sync(session.session_id, client=client)
    in_session = CircuitJobCreationPayload.from_dict({**single, "session_id": session.session_id})
    ended(create_job.sync(client=client, body=in_session).id)
    try:
        create_job.sync(client=client, body=in_session)
        full = ""
    except BadRequestError as error:
        full = str(error)
closed = get_session.sync(session.session_id, client=client)
seen["session"] = {
    "limit": opened.settings.cost_limit.to_dict(),
    "active": [opened.active, closed.active],
    "full": full,
}


def refusal(call: Callable[[], object], kind: type[APIError]) -> str:
    """What the client says of a refused call."""
    try:
        call()
        return ""
    except kind as error:
        return f"{error.status_code} {error}"


many = {**single, "shots": 10**7}
other = IonQClient(api_key="wrong", base_url=url, max_retries=0)
seen["refused"] = {
    "shots": refusal(lambda: create_job.sync(client=client, body=CircuitJobCreationPayload.from_dict(many)), BadRequestError),
    "key": refusal(lambda: get_whoami.sync(client=other), AuthenticationError),
    "job": refusal(lambda: get_job.sync("00000000-0000-0000-0000-000000000000", client=client), NotFoundError),
}
# The server limits the next creation.
get_backend.sync("simulator", client=client)
try:
    create_job.sync(client=client, body=CircuitJobCreationPayload.from_dict(single))
except RateLimitError as error:
    seen["limited"] = [error.status_code, error.retry_after]

# Circuits of Qiskit, through its own conversion: exact probabilities of the simulator beside Qiskit's.
provider = IonQProvider(token=api_key, url=url)
circuit = QuantumCircuit(3, 3)
for qubit in range(3):
    circuit.ry(0.3 + qubit, qubit)
circuit.cx(0, 2)
circuit.rx(0.4, 1)
circuit.rzz(0.7, 0, 1)
circuit.rxx(-0.5, 1, 2)
circuit.ryy(1.1, 0, 2)
circuit.s(0)
circuit.sxdg(1)
circuit.t(2)
circuit.sx(2)
circuit.swap(0, 1)
circuit.rz(-0.9, 1)
circuit.h(1)
circuit.sdg(2)
circuit.tdg(0)
circuit.cx(2, 1)
circuit.ry(0.2, 0)
exact = Statevector(circuit).probabilities_dict()
circuit.measure([0, 1, 2], [0, 1, 2])
simulator = provider.get_backend("simulator")
# The client drops outcomes that its own sample lacks: the seed is one with which it lacks none.
got = simulator.run(circuit, shots=20000, sampler_seed=1).result(wait=0.01).get_probabilities()
seen["difference"] = max(abs(exact.get(key, 0) - got.get(key, 0)) for key in {*exact, *got})
flips = [QuantumCircuit(2, 2) for _ in range(2)]
flips[0].x(0)
flips[1].rx(math.pi, 1)
for one in flips:
    one.measure([0, 1], [0, 1])
result = provider.get_backend(device).run(flips, shots=30).result(wait=0.01)
seen["counts"] = [result.get_counts(i) for i in range(2)]
calibration = provider.get_backend(device).client.get_latest_calibration(device)
seen["calibration"] = [calibration.id == backend.characterization_id, calibration.median_spam_fidelity]

print(json.dumps(seen, default=str))
