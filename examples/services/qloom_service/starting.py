"""A service as a process of its own, in tests."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

FOLDER = Path(__file__).resolve().parents[1]


def check_life(module: str, socket: str) -> None:
    """Starts a module, and checks that it is ready on its socket, SERVING to probes, and ends cleanly on SIGTERM."""
    address = f"unix:{socket}"
    program, env = [sys.executable, "-m", module], {**os.environ, "QLOOM_LISTEN": address}
    with subprocess.Popen(program, cwd=FOLDER, env=env, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and json.loads(process.stdout.readline())["target"] == address
        with grpc.insecure_channel(address) as channel:
            probe = health_pb2_grpc.HealthStub(channel)
            for name in ("live", "ready", ""):
                status = probe.Check(health_pb2.HealthCheckRequest(service=name)).status
                assert status == health_pb2.HealthCheckResponse.SERVING
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0
