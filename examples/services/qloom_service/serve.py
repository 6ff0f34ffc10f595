"""Runs one service of Qloom's contracts: its address, health, and a drain on SIGTERM."""

import json
import logging
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from qloom_service.statuses import Statuses

MOST_CALLS = 32
"""Calls of the contract that are served at once."""
PROBES = 8
"""Threads that are left for health."""
OPTIONS = [
    # Two processes never share a port by accident: the second fails to start.
    ("grpc.so_reuseport", 0),
    # Qloom's clients ping every 20 s while a call runs. By default a server of gRPC closes the connection after some such pings,
    # and with it every call of more than a minute or so that sends nothing meanwhile.
    ("grpc.http2.max_ping_strikes", 0),
]
"""Options of the server."""
SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING


def listen_address() -> str:
    """Where to serve: QLOOM_LISTEN (`unix:/path.sock` or `host:port`), else PORT on every interface, else loopback's 50051."""
    port = os.environ.get("PORT")
    return os.environ.get("QLOOM_LISTEN") or (f"0.0.0.0:{port}" if port else "127.0.0.1:50051")


def server_credentials() -> grpc.ServerCredentials | None:
    """TLS by QLOOM_TLS_CERT_FILE and QLOOM_TLS_KEY_FILE, read again for every connection; None without them.

    With QLOOM_TLS_CA_FILE clients must present a certificate of that authority.
    """
    paths = [os.environ.get(f"QLOOM_TLS_{name}_FILE") for name in ("KEY", "CERT", "CA")]

    def read() -> grpc.ServerCertificateConfiguration:
        key, certificate, authority = (Path(path).read_bytes() if path else None for path in paths)
        return grpc.ssl_server_certificate_configuration([(key, certificate)], authority)

    if not paths[1]:
        return None
    return grpc.dynamic_ssl_server_credentials(read(), read, require_client_authentication=bool(paths[2]))


def serve(name: str, contract: str, add: Callable[[grpc.Server], None]) -> None:
    """Serves until SIGTERM or SIGINT, then drains.

    `contract` is the full name, such as `qloom.generator.v1.GeneratorService`; `add` adds its servicer. A drain sets `ready` to
    NOT_SERVING (`live` stays SERVING, so that a draining pod is not restarted), refuses new calls with UNAVAILABLE, and gives
    those in progress QLOOM_DRAIN_TIMEOUT_MS. Raises RuntimeError if the address is taken.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    server = grpc.server(
        ThreadPoolExecutor(max_workers=MOST_CALLS + PROBES),
        interceptors=[Statuses(MOST_CALLS)],
        options=OPTIONS,
    )
    add(server)
    probes = health.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(probes, server)

    address = listen_address()
    credentials = None if address.startswith("unix:") else server_credentials()
    port = server.add_secure_port(address, credentials) if credentials else server.add_insecure_port(address)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    server.start()

    def set_ready(status: int) -> None:
        for probe in ("", "ready", contract):
            probes.set(probe, status)

    probes.set("live", SERVING)
    set_ready(SERVING)
    target = address if address.startswith("unix:") else f"{address.rpartition(':')[0]}:{port}"
    print(json.dumps({"ready": True, "service": name, "target": target, "pid": os.getpid()}), flush=True)
    stopped.wait()
    set_ready(NOT_SERVING)
    server.stop(grace=float(os.environ.get("QLOOM_DRAIN_TIMEOUT_MS", "20000")) / 1000).wait()
