import numpy as np
import pytest

from qloom.generator.v1 import generator_pb2 as pb
from qloom.tensor.v1 import tensor_pb2
from qloom_service.byte_chunks import MAX_MESSAGE_BYTES, BytesReader, to_chunks
from qloom_service.parts import Part, read_parts
from qloom_service.points import PointsReader, decode_tensor, encode_tensor, to_messages
from qloom_service.refusals import Refusal

SETTINGS = pb.SampleRequest(settings=pb.SampleSettings(seed=1))
MODEL = pb.SampleRequest(model=tensor_pb2.BytesChunk(data=b"m"))


def read(*requests):
    came = []
    read_parts(iter(requests), [Part("settings", "once", came.append), Part("model", "some", came.append)])
    return came


def test_parts_are_taken_in_their_order():
    assert read(SETTINGS, MODEL, MODEL) == [SETTINGS.settings, MODEL.model, MODEL.model]


@pytest.mark.parametrize(
    ("requests", "problem"),
    [
        ((), "settings: is missing"),
        ((MODEL,), "settings: is missing"),
        ((SETTINGS,), "model: is missing"),
        ((SETTINGS, SETTINGS, MODEL), "settings: came twice"),
        ((SETTINGS, MODEL, SETTINGS), "settings: came after model"),
        ((pb.SampleRequest(), SETTINGS, MODEL), "part: is not set"),
    ],
)
def test_a_stream_out_of_order_is_refused(requests, problem):
    with pytest.raises(Refusal, match=problem):
        read(*requests)


def test_bytes_of_several_messages_come_back_whole():
    data = np.random.default_rng(1).bytes(2 * MAX_MESSAGE_BYTES + 5)
    reader = BytesReader("model", len(data))
    for chunk in to_chunks(data):
        assert len(chunk.data) <= MAX_MESSAGE_BYTES
        reader.add(chunk)
    assert reader.value() == data


def test_bytes_with_a_gap_an_end_too_early_or_another_hash_are_refused():
    first, second = to_chunks(bytes(MAX_MESSAGE_BYTES + 1))
    with pytest.raises(Refusal, match="offset 0 of"):
        BytesReader("model", 1 << 30).add(second)
    with pytest.raises(Refusal, match="at most 10"):
        BytesReader("model", 10).add(first)
    reader = BytesReader("model", 1 << 30)
    reader.add(first)
    with pytest.raises(Refusal, match="ended after"):
        reader.value()
    wrong = BytesReader("model", 1 << 30)
    wrong.add(tensor_pb2.BytesChunk(data=b"m", total=1, sha256="0" * 64))
    with pytest.raises(Refusal) as caught:
        wrong.value()
    assert caught.value.code.name == "DATA_LOSS"


def test_numbers_travel_little_endian_and_row_major():
    # struct.pack('<4f', 1, 2, 3, 4): IEEE 754, least significant byte first.
    expected = bytes.fromhex("0000803f000000400000404000008040")
    for given in (np.array([[1, 2], [3, 4]], ">f8"), np.asfortranarray([[1.0, 2], [3, 4]])):
        tensor = encode_tensor(given, tensor_pb2.DTYPE_FLOAT32)
        assert (tensor.data, list(tensor.shape)) == (expected, [2, 2])
        assert (decode_tensor(tensor, "x", tensor_pb2.DTYPE_FLOAT32) == given).all()


def test_points_of_several_messages_come_back_whole():
    x = np.arange(3 * 100_000, dtype=np.float32).reshape(-1, 3)
    y = np.arange(len(x)) % 2
    reader = PointsReader("training", len(x), 3)
    messages = list(to_messages(x, y, 2))
    assert len(messages) == 2 and all(len(message.x.data) <= MAX_MESSAGE_BYTES for message in messages)
    for message in messages:
        reader.add(message)
    points = reader.points()
    assert (points.x == x).all() and (points.y == y).all() and points.classes == 2


def changed(**changes):
    (message,) = to_messages(np.zeros((2, 3)), np.array([0, 1]), 2)
    for name, value in changes.items():
        if isinstance(value, int):
            setattr(message, name, value)
        else:
            getattr(message, name).CopyFrom(value)
    return message


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        (changed(x=encode_tensor(np.array([[np.nan, 0, 0], [0, 0, 0]]), tensor_pb2.DTYPE_FLOAT32)), "NaN"),
        (changed(x=encode_tensor(np.zeros((2, 3)), tensor_pb2.DTYPE_FLOAT64)), "DTYPE_FLOAT32"),
        (changed(x=tensor_pb2.Tensor(dtype=tensor_pb2.DTYPE_FLOAT32, shape=[2, 3], data=b"short")), "5 bytes"),
        (changed(x=tensor_pb2.Tensor(dtype=tensor_pb2.DTYPE_FLOAT32, shape=[2**31, 2**31], data=b"")), "has 0 bytes"),
        (changed(y=encode_tensor(np.array([0, 2]), tensor_pb2.DTYPE_INT32)), "0 to 1"),
        (changed(y=encode_tensor(np.array([0]), tensor_pb2.DTYPE_INT32)), "as many as rows"),
        (changed(classes=0), "classes"),
    ],
)
def test_points_that_the_contract_does_not_allow_are_refused(message, problem):
    with pytest.raises(Refusal, match=problem):
        PointsReader("training", 10, 10).add(message)


def test_points_beyond_a_limit_are_refused():
    with pytest.raises(Refusal, match="at most 2"):
        PointsReader("training", 10, 2).add(changed())
    with pytest.raises(Refusal, match="more than 1 points"):
        PointsReader("training", 1, 3).add(changed())
