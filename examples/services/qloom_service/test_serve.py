import shutil
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from qloom.generator.v1 import generator_pb2 as pb
from qloom.generator.v1 import generator_pb2_grpc
from qloom_service.refusals import diverged, invalid
from qloom_service.serve import server_credentials
from qloom_service.serving import serving


class Faulty(generator_pb2_grpc.GeneratorServiceServicer):
    """Answers each call with an exception."""

    def __init__(self, error=None):
        self.error = error
        self.entered, self.leave = threading.Event(), threading.Event()

    def GetCapabilities(self, request, context):
        self.entered.set()
        if self.error is None:
            assert self.leave.wait(30)
            return pb.GetCapabilitiesResponse()
        raise self.error

    def Sample(self, requests, context):
        yield pb.SampleResponse(summary=pb.SampleSummary(count=1))
        raise self.error


def faulty(servicer, most_calls=4):
    return serving(lambda server: generator_pb2_grpc.add_GeneratorServiceServicer_to_server(servicer, server), most_calls)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (invalid("settings.qnn.ansatz", "is none; right would be one"), grpc.StatusCode.INVALID_ARGUMENT),
        (diverged("the loss is infinite"), grpc.StatusCode.OUT_OF_RANGE),
        (NotImplementedError("not offered"), grpc.StatusCode.UNIMPLEMENTED),
        (KeyError("defect"), grpc.StatusCode.INTERNAL),
    ],
)
def test_an_exception_ends_unary_calls_and_streams_with_its_status(error, code):
    with faulty(Faulty(error)) as channel:
        stub = generator_pb2_grpc.GeneratorServiceStub(channel)
        with pytest.raises(grpc.RpcError) as unary:
            stub.GetCapabilities(pb.GetCapabilitiesRequest())
        with pytest.raises(grpc.RpcError) as stream:
            list(stub.Sample(iter([])))
        assert (unary.value.code(), stream.value.code()) == (code, code)


def test_an_invalid_request_names_the_field_in_bad_request():
    with faulty(Faulty(invalid("settings.qnn.ansatz", "is none; right would be one"))) as channel:
        with pytest.raises(grpc.RpcError) as caught:
            generator_pb2_grpc.GeneratorServiceStub(channel).GetCapabilities(pb.GetCapabilitiesRequest())
        details = error_details_pb2.BadRequest()
        assert rpc_status.from_call(caught.value).details[0].Unpack(details)
        assert [violation.field for violation in details.field_violations] == ["settings.qnn.ansatz"]


def test_a_call_too_many_is_resource_exhausted_and_the_next_one_is_served():
    servicer = Faulty()
    with faulty(servicer, most_calls=1) as channel:
        stub = generator_pb2_grpc.GeneratorServiceStub(channel)
        first = stub.GetCapabilities.future(pb.GetCapabilitiesRequest())
        assert servicer.entered.wait(30)
        with pytest.raises(grpc.RpcError) as caught:
            stub.GetCapabilities(pb.GetCapabilitiesRequest())
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        servicer.leave.set()
        first.result()
        stub.GetCapabilities(pb.GetCapabilitiesRequest())


def certificates(folder):
    """A key and a certificate for localhost that signed itself, as files."""
    files = {"KEY": folder / "key.pem", "CERT": folder / "cert.pem"}
    options = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", files["KEY"], "-out", files["CERT"]]
    subprocess.run(["openssl", "req", *options, *names], check=True, capture_output=True)
    return files


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")
def test_with_tls_files_only_clients_of_the_authority_are_served(tmp_path, monkeypatch):
    monkeypatch.delenv("QLOOM_TLS_CERT_FILE", raising=False)
    assert server_credentials() is None
    files = certificates(tmp_path)
    for name, path in (*files.items(), ("CA", files["CERT"])):
        monkeypatch.setenv(f"QLOOM_TLS_{name}_FILE", str(path))
    key, certificate = files["KEY"].read_bytes(), files["CERT"].read_bytes()
    server = grpc.server(ThreadPoolExecutor(max_workers=2))
    servicer = Faulty()
    servicer.leave.set()
    generator_pb2_grpc.add_GeneratorServiceServicer_to_server(servicer, server)
    port = server.add_secure_port("localhost:0", server_credentials())
    server.start()

    def ask(*own):
        with grpc.secure_channel(f"localhost:{port}", grpc.ssl_channel_credentials(certificate, *own)) as channel:
            return generator_pb2_grpc.GeneratorServiceStub(channel).GetCapabilities(pb.GetCapabilitiesRequest())

    assert ask(key, certificate) == pb.GetCapabilitiesResponse()
    with pytest.raises(grpc.RpcError) as caught:
        ask()
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    server.stop(grace=None).wait()
