"""Drives Amazon's own client against an emulator: arguments are its address and the ARN of its device, stdin is the
adapter's action.

Prints one JSON object with what the client read, and with what the vendor's local simulator counts for the adapter's programs.
"""

import json
import os
import sys

url, arn = sys.argv[1:3]
os.environ.update(
    AWS_ACCESS_KEY_ID="emulated",
    AWS_SECRET_ACCESS_KEY="emulated",
    AWS_DEFAULT_REGION="eu-north-1",
    AWS_ENDPOINT_URL=url,
    BRAKET_ENDPOINT=url,
)

import boto3  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402
from braket.aws import AwsDevice, AwsSession  # noqa: E402
from braket.circuits import Circuit, FreeParameter  # noqa: E402
from braket.devices import LocalSimulator  # noqa: E402
from braket.ir.openqasm import Program  # noqa: E402
from braket.ir.openqasm import ProgramSet as ProgramSetAction  # noqa: E402
from braket.program_sets import CircuitBinding, ProgramSet  # noqa: E402

boto = boto3.Session(region_name="eu-north-1")
session = AwsSession(boto_session=boto, default_bucket="amazon-braket-emulated")
device = AwsDevice(arn, aws_session=session)
properties = device.properties
bucket = ("amazon-braket-emulated", "client")


def run(task: object, shots: int) -> object:
    """Submits a task to the device of the emulator."""
    return device.run(task, s3_destination_folder=bucket, shots=shots, poll_interval_seconds=0.02)


single = run(Circuit().x(1).cnot(1, 2).i(0).measure([0, 1, 2]), 40)
binding = CircuitBinding(
    Circuit().rx(0, FreeParameter("a")).cnot(0, 1),
    input_sets={"a": (0.0, 3.141592653589793)},
)
program_set = run(ProgramSet([Circuit().x(1).i(0), binding]), 60)

braket = boto.client("braket")
request = {
    "deviceArn": arn,
    "shots": 10,
    "outputS3Bucket": bucket[0],
    "outputS3KeyPrefix": bucket[1],
    "action": Program(source="OPENQASM 3.0; qubit[1] q; bit[1] b; x q[0]; b[0] = measure q[0];").json(),
}
twice = [braket.create_quantum_task(clientToken="same", **request)["quantumTaskArn"] for _ in range(2)]
try:
    braket.create_quantum_task(clientToken="many", **{**request, "shots": 10**7})
    refused = ""
except ClientError as error:
    refused = error.response["Error"]["Code"]
page = braket.search_quantum_tasks(filters=[{"name": "deviceArn", "operator": "EQUAL", "values": [arn]}], maxResults=2)

action = ProgramSetAction.parse_raw(sys.stdin.read())
local = LocalSimulator()
counted = []
for program in action.programs:
    names = list(program.inputs or {})
    for row in zip(*program.inputs.values(), strict=False) if names else [()]:
        bound = Program(source=program.source, inputs=dict(zip(names, row, strict=False)))
        counted.append(local.run(bound, shots=50).result().measurement_counts)

print(
    json.dumps(
        {
            "status": device.status,
            "qubits": properties.paradigm.qubitCount,
            "shots": properties.service.shotsRange,
            "executables": properties.action["braket.ir.openqasm.program_set"].maximumExecutables,
            "queue": device.queue_depth().quantum_tasks,
            "single": single.result().measurement_counts,
            "state": single.state(),
            "set": [[dict(part.counts) for part in entry.entries] for entry in program_set.result()],
            "twice": len(set(twice)),
            "refused": refused,
            "found": [len(page["quantumTasks"]), "nextToken" in page],
            "executable_count": action.num_executables,
            "local": counted,
        },
        default=str,
    )
)
