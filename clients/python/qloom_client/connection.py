"""The connection to an agent: its address, certificates and token, and calls that outlast its restart."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import grpc

from qloom_client.errors import refusal_of

T = TypeVar("T")

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
AWAY = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.ABORTED)
"""Statuses after which the same call may succeed."""


def open_channel(
    agent: str,
    *,
    ca: Path | str | None = None,
    cert: Path | str | None = None,
    key: Path | str | None = None,
    server_name: str | None = None,
    token_file: Path | str | None = None,
) -> grpc.Channel:
    """Opens a channel. Raises ValueError for an address or a combination that is wrong, OSError for a file."""
    if (cert is None) != (key is None):
        raise ValueError("cert and key: one is given without the other; right would be both or neither")
    secure = agent.startswith("tls://") or ca is not None or cert is not None or server_name is not None
    target = agent.removeprefix("tls://")
    token = None if token_file is None else _read_token(Path(token_file))
    if not secure:
        if token is not None and not _is_local(target):
            raise ValueError(f"{agent}: a token is not sent over the network in the clear; right would be tls://{target}")
        channel = grpc.insecure_channel(target)
        return channel if token is None else grpc.intercept_channel(channel, _SendToken(token))
    read = lambda path: None if path is None else Path(path).read_bytes()  # noqa: E731
    credentials = grpc.ssl_channel_credentials(read(ca), read(key), read(cert))
    if token is not None:
        credentials = grpc.composite_channel_credentials(credentials, grpc.access_token_call_credentials(token))
    options = [] if server_name is None else [("grpc.ssl_target_name_override", server_name)]
    return grpc.secure_channel(target, credentials, options)


def patiently(call: Callable[[], T], patience: float) -> T:
    """
    Repeats a call until it is answered or refused, or until the agent has been away for `patience` seconds.

    Raises Refused, or the last error of gRPC. The call must be one that may be repeated.
    """
    until = time.monotonic() + patience
    pause = 0.1
    while True:
        try:
            return call()
        except grpc.RpcError as error:
            if error.code() not in AWAY:
                raise refusal_of(error) from error
            if time.monotonic() + pause > until:
                raise
        time.sleep(pause)
        pause = min(2 * pause, 5.0)


class _SendToken(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor, grpc.StreamUnaryClientInterceptor):
    """Sends a token with every call of a channel without TLS to this machine, such as a port that is forwarded."""

    def __init__(self, token: str) -> None:
        self._header = ("authorization", f"Bearer {token}")

    def _with_token(self, details: grpc.ClientCallDetails) -> grpc.ClientCallDetails:
        sent = _Details()
        sent.method, sent.timeout, sent.credentials = details.method, details.timeout, details.credentials
        sent.metadata = [*(details.metadata or []), self._header]
        sent.wait_for_ready = getattr(details, "wait_for_ready", None)
        sent.compression = getattr(details, "compression", None)
        return sent

    def intercept_unary_unary(self, continuation: Callable, details: grpc.ClientCallDetails, request: object) -> object:
        return continuation(self._with_token(details), request)

    def intercept_unary_stream(self, continuation: Callable, details: grpc.ClientCallDetails, request: object) -> object:
        return continuation(self._with_token(details), request)

    def intercept_stream_unary(self, continuation: Callable, details: grpc.ClientCallDetails, request: object) -> object:
        return continuation(self._with_token(details), request)


class _Details(grpc.ClientCallDetails):
    """Details of a call, with what gRPC reads from them."""


def _read_token(path: Path) -> str:
    lines = [line.strip() for line in path.read_text().splitlines() if line.strip()]
    if not lines:
        raise ValueError(f"{path} is empty; right would be a token")
    return lines[0]


def _is_local(target: str) -> bool:
    if target.startswith("unix:"):
        return True
    return urlsplit(f"//{target.removeprefix('dns:///')}").hostname in LOCAL_HOSTS
