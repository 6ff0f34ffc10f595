"""Opaque bytes (a model) as chunks of a stream: proto/qloom/tensor/v1/tensor.proto, BytesChunk."""

import hashlib
from collections.abc import Iterator

import grpc

from qloom.tensor.v1 import tensor_pb2
from qloom_service.refusals import Refusal, invalid

MAX_MESSAGE_BYTES = 1 << 20
"""Bytes of data in one message, by the contract."""


def to_chunks(data: bytes) -> Iterator[tensor_pb2.BytesChunk]:
    """Splits bytes into chunks, each with the length and the SHA-256 of the whole."""
    sha256 = hashlib.sha256(data).hexdigest()
    for offset in range(0, max(1, len(data)), MAX_MESSAGE_BYTES):
        piece = data[offset : offset + MAX_MESSAGE_BYTES]
        yield tensor_pb2.BytesChunk(data=piece, offset=offset, total=len(data), sha256=sha256)


class BytesReader:
    """Puts chunks together again."""

    def __init__(self, field: str, most_bytes: int) -> None:
        """Creates a reader. `field`: the part's name in messages; `most_bytes`: the longest sequence that is accepted."""
        self._field = field
        self._most_bytes = most_bytes
        self._data = bytearray()
        self._first: tensor_pb2.BytesChunk | None = None

    def add(self, chunk: tensor_pb2.BytesChunk) -> None:
        """Adds the next chunk. Raises INVALID_ARGUMENT if it is not the next one, or too long."""
        first = self._first = self._first or chunk
        if first.total > self._most_bytes:
            raise invalid(self._field, f"has {first.total} bytes; right would be at most {self._most_bytes}")
        if (chunk.total, chunk.sha256) != (first.total, first.sha256):
            raise invalid(
                self._field, "has another total or SHA-256 than its first chunk; right would be the same in every chunk"
            )
        if chunk.offset != len(self._data) or chunk.offset + len(chunk.data) > chunk.total:
            raise invalid(self._field, f"has a chunk at {chunk.offset}; right would be offset {len(self._data)} of {chunk.total}")
        if len(chunk.data) > MAX_MESSAGE_BYTES:
            raise invalid(self._field, f"has a chunk of {len(chunk.data)} bytes; right would be at most {MAX_MESSAGE_BYTES}")
        self._data += chunk.data

    def value(self) -> bytes:
        """All bytes. Raises INVALID_ARGUMENT if chunks are missing, DATA_LOSS if they do not match their SHA-256."""
        data, first = bytes(self._data), self._first
        if first is None or len(data) != first.total:
            raise invalid(self._field, f"ended after {len(data)} bytes; right would be its whole length")
        if hashlib.sha256(data).hexdigest() != first.sha256:
            raise Refusal(grpc.StatusCode.DATA_LOSS, f"{self._field} does not match its SHA-256; send it again")
        return data
