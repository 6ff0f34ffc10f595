"""Labelled points on the wire: proto/qloom/tensor/v1/tensor.proto, LabelledPoints."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qloom.tensor.v1 import tensor_pb2
from qloom_service.byte_chunks import MAX_MESSAGE_BYTES
from qloom_service.refusals import invalid

DTYPES = {
    tensor_pb2.DTYPE_FLOAT32: np.dtype("<f4"),
    tensor_pb2.DTYPE_FLOAT64: np.dtype("<f8"),
    tensor_pb2.DTYPE_INT32: np.dtype("<i4"),
    tensor_pb2.DTYPE_UINT8: np.dtype("u1"),
}
"""Element types of the wire. They are little-endian on every machine."""


def encode_tensor(values: NDArray, dtype: int) -> tensor_pb2.Tensor:
    """Encodes an array: raw little-endian, row-major bytes."""
    return tensor_pb2.Tensor(dtype=dtype, shape=values.shape, data=values.astype(DTYPES[dtype]).tobytes(order="C"))


def decode_tensor(tensor: tensor_pb2.Tensor, field: str, *dtypes: int) -> NDArray:
    """Decodes a tensor. Raises INVALID_ARGUMENT for a type not of `dtypes`, a wrong length, or a value that is not finite."""
    if tensor.dtype not in dtypes:
        right = " or ".join(tensor_pb2.Dtype.Name(dtype) for dtype in dtypes)
        raise invalid(f"{field}.dtype", f"is {tensor.dtype}; right would be {right}")
    dtype, shape = DTYPES[tensor.dtype], tuple(tensor.shape)
    length = math.prod(shape) * dtype.itemsize
    if len(tensor.data) != length or length > MAX_MESSAGE_BYTES:
        wrong = f"has {len(tensor.data)} bytes for the shape {list(shape)}"
        raise invalid(f"{field}.data", f"{wrong}; right would be {length}, at most {MAX_MESSAGE_BYTES}")
    values = np.frombuffer(tensor.data, dtype).reshape(shape)
    if dtype.kind == "f" and not np.isfinite(values).all():
        raise invalid(f"{field}.data", "has a value that is NaN or infinite; right would be finite values")
    return values


@dataclass(frozen=True)
class Points:
    """Labelled points."""

    x: NDArray[np.float32]
    """Features, [count, features]."""
    y: NDArray[np.int32]
    """Class of each row, [count], 0 to classes − 1."""
    classes: int
    """Classes of the data set, including those without a row here."""


class PointsReader:
    """Collects the messages of one part of a stream."""

    def __init__(self, field: str, most_points: int, most_features: int) -> None:
        """Creates a reader. `field`: the part's name in messages; the others are the service's limits."""
        self._field = field
        self._most_points = most_points
        self._most_features = most_features
        self._x: list[NDArray] = []
        self._y: list[NDArray] = []
        self._count = 0
        self.classes = 0

    def add(self, message: tensor_pb2.LabelledPoints) -> None:
        """Adds a message. Raises INVALID_ARGUMENT for points that the contract does not allow, or beyond a limit."""
        field = self._field
        x = decode_tensor(message.x, f"{field}.x", tensor_pb2.DTYPE_FLOAT32)
        y = decode_tensor(message.y, f"{field}.y", tensor_pb2.DTYPE_INT32)
        if x.ndim != 2 or x.shape[1] < 1:
            raise invalid(f"{field}.x.shape", f"is {list(x.shape)}; right would be [count, features]")
        if y.shape != x.shape[:1]:
            raise invalid(f"{field}.y.shape", f"is {list(y.shape)}; right would be [{len(x)}], as many as rows")
        if message.classes < 1 or (self._y and message.classes != self.classes):
            raise invalid(f"{field}.classes", f"is {message.classes}; right would be at least 1, the same in every message")
        if y.size and not (y.min() >= 0 and y.max() < message.classes):
            raise invalid(f"{field}.y", f"has a label out of range; right would be 0 to {message.classes - 1}")
        if self._x and x.shape[1] != self._x[0].shape[1]:
            raise invalid(f"{field}.x.shape", f"has {x.shape[1]} features; right would be {self._x[0].shape[1]}, as before")
        if x.shape[1] > self._most_features:
            raise invalid(f"{field}.x.shape", f"has {x.shape[1]} features; right would be at most {self._most_features}")
        self._count += len(x)
        if self._count > self._most_points:
            raise invalid(field, f"has more than {self._most_points} points; right would be at most so many")
        self.classes = message.classes
        self._x.append(x)
        self._y.append(y)

    def points(self) -> Points:
        """All points. Raises INVALID_ARGUMENT if there is no row."""
        if self._count == 0:
            raise invalid(self._field, "has no points; right would be at least one")
        return Points(np.concatenate(self._x), np.concatenate(self._y), self.classes)


def to_messages(x: NDArray, y: NDArray, classes: int) -> Iterator[tensor_pb2.LabelledPoints]:
    """Splits points along the rows into messages of at most 1 MiB."""
    rows = max(1, MAX_MESSAGE_BYTES // (4 * max(1, x.shape[1])))
    for at in range(0, len(x), rows):
        yield tensor_pb2.LabelledPoints(
            x=encode_tensor(x[at : at + rows], tensor_pb2.DTYPE_FLOAT32),
            y=encode_tensor(y[at : at + rows], tensor_pb2.DTYPE_INT32),
            classes=classes,
        )
