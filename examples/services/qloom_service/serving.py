"""A server in the process of a test."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc

from qloom_service.serve import OPTIONS
from qloom_service.statuses import Statuses


@contextmanager
def serving(add: Callable[[grpc.Server], None], most_calls: int = 4) -> Iterator[grpc.Channel]:
    """Serves what `add` adds on a free port of loopback, and gives a channel to it."""
    server = grpc.server(ThreadPoolExecutor(max_workers=8), interceptors=[Statuses(most_calls)], options=OPTIONS)
    add(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield channel
    server.stop(grace=None).wait()
