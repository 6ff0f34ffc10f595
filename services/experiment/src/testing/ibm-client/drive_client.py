"""Talks to a server with IBM's own client, and prints what the client makes of the answers as one JSON object.

Arguments: address of the server, API key, instance, tag of a job that the server already has. The environment has the
address of IAM in IAM_URL, and QISKIT_FUNCTIONS_EXPERIMENTAL=1, with which the client takes the instance as it is given and
does not search IBM Cloud for it.
"""

import json
import sys

from qiskit import QuantumCircuit, qasm3
from qiskit.circuit import Parameter
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_ibm_runtime import QiskitRuntimeService, SamplerV2, Session
from qiskit_ibm_runtime.exceptions import IBMRuntimeError, RuntimeJobFailureError
from qiskit_ibm_runtime.utils.utils import is_isa_circuit

url, api_key, instance, tag = sys.argv[1:]
seen = {}
service = QiskitRuntimeService(
    channel="ibm_quantum_platform",
    token=api_key,
    url=url,
    instance=instance,
    url_resolver=lambda base, *_: f"{base}/api/v1",
)
backend = service.backend("ibm_emulated")
properties = backend.properties()
seen["backend"] = {
    "qubits": backend.num_qubits,
    "operations": sorted(backend.operation_names),
    "coupling": len(backend.coupling_map.get_edges()),
    "t1": properties.t1(3),
    "readout_error": properties.readout_error(5),
    "cz_error": properties.gate_error("cz", [0, 1]),
    "cz_length": backend.target["cz"][(0, 1)].duration,
    "calibrated": properties.last_update_date.timestamp(),
    "default_rep_delay": backend.default_rep_delay,
    "operational": backend.status().operational,
    "status": backend.status().status_msg,
    "pending": backend.status().pending_jobs,
}

passes = generate_preset_pass_manager(optimization_level=1, backend=backend, seed_transpiler=1)
sampler = SamplerV2(backend)
sampler.options.environment.job_tags = ["client"]

# The first job fails, as the server was told.
flip = QuantumCircuit(3, 3)
flip.x([0, 1])
flip.measure([0, 1, 2], [0, 1, 2])
flip = passes.run(flip)
failing = sampler.run([flip], shots=10)
try:
    failing.result(poll_interval=0.1)
except RuntimeJobFailureError as error:
    seen["failed"] = {
        "message": str(error),
        "status": failing.status(),
        "usage": failing.usage(),
    }

# Two registers; columns of values in the order of the names of the parameters.
b, a = Parameter("b"), Parameter("a")
turned = QuantumCircuit(2)
turned.ry(b, 0)
turned.ry(a, 1)
turned.measure_all()
turned = passes.run(turned)
job = sampler.run(
    [(flip,), (turned, [[[0.0, 3.141592653589793]], [[3.141592653589793, 0.0]]])],
    shots=50,
)
result = job.result(poll_interval=0.1)
seen["done"] = {
    "status": job.status(),
    "flip": result[0].data.c.get_counts(),
    "turned": [result[1].data.meas.get_counts((row, 0)) for row in range(2)],
    "shape": list(result[1].data.shape),
    "usage": job.usage(),
    "estimate": job.usage_estimation["quantum_seconds"],
    "timestamps": sorted(job.metrics()["timestamps"]),
    "logs": job.logs(),
    "calibrated": job.properties().last_update_date.timestamp(),
}

cancelled = sampler.run([flip], shots=10)
cancelled.cancel()
seen["cancelled"] = service.job(cancelled.job_id()).status()

seen["tagged"] = {
    "ours": [one.job_id() for one in service.jobs(job_tags=["client"])] == [cancelled.job_id(), job.job_id(), failing.job_id()],
    "pages": len(service.jobs(limit=2, skip=1, job_tags=["client"])),
    "none": len(service.jobs(job_tags=["no such tag"])),
}

# OpenQASM 3, as the REST API takes it; circuits are then checked by the server alone.
inputs = {"version": 2, "support_qiskit": True}
text = qasm3.dumps(turned)
raw = service._run(
    "sampler",
    {**inputs, "pubs": [[text, [[0.0, 3.141592653589793]], 20]]},
    {"backend": backend},
)
seen["qasm"] = raw.result(poll_interval=0.1)[0].data.meas.get_counts()
try:
    bad = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; h $0; c[0] = measure $0;'
    service._run("sampler", {**inputs, "pubs": [[bad, None, 20]]}, {"backend": backend})
except IBMRuntimeError as error:
    seen["not_isa"] = str(error)

with Session(backend) as session:
    one = SamplerV2(session).run([flip], shots=5)
    one.result(poll_interval=0.1)
    seen["session"] = {
        "own": one.session_id == session.session_id,
        "mode": session.details()["mode"],
    }
seen["session"]["accepting"] = session.details()["accepting_jobs"]

# The server limits the rate of the last submission.
try:
    sampler.run([flip], shots=10)
except IBMRuntimeError as error:
    seen["limited"] = str(error)

# A job of another client: its circuits and its results.
[other] = service.jobs(job_tags=[tag])
circuits = [qasm3.loads(pub[0]) for pub in other.inputs["pubs"]]
seen["other"] = {
    "not_isa": [is_isa_circuit(circuit, backend.target) for circuit in circuits],
    "parameters": [[parameter.name for parameter in circuit.parameters] for circuit in circuits],
    "registers": [[register.name for register in circuit.cregs] for circuit in circuits],
    "counts": [
        [pub.data.c.get_int_counts(row) for row in range(pub.data.shape[0])] if pub.data.shape else [pub.data.c.get_int_counts()]
        for pub in other.result()
    ],
}
print(json.dumps(seen))
