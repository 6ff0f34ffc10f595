"""Against servers in Python."""

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest

from qloom.agent.v1 import campaign_pb2 as pb
from qloom.agent.v1 import campaign_pb2_grpc
from qloom_client import Agent, Refused


class Campaigns(campaign_pb2_grpc.CampaignServiceServicer):
    """Loses the first replies, and keeps what it was sent."""

    def __init__(self, lost=0):
        self.lost = lost
        self.asked = []
        self.metadata = {}

    def Ask(self, request, context):
        self.metadata = dict(context.invocation_metadata())
        self.asked.append(request)
        if len(self.asked) <= self.lost:
            context.abort(grpc.StatusCode.UNAVAILABLE, "lost")
        return pb.AskResponse()

    def GetCampaign(self, request, context):
        return pb.GetCampaignResponse(campaign=pb.Campaign(id=request.id))


def serve(servicer, add_port):
    server = grpc.server(ThreadPoolExecutor(max_workers=2))
    campaign_pb2_grpc.add_CampaignServiceServicer_to_server(servicer, server)
    port = add_port(server)
    server.start()
    return server, port


def test_a_repetition_has_the_token_of_its_request():
    servicer = Campaigns(lost=2)
    server, port = serve(servicer, lambda server: server.add_insecure_port("127.0.0.1:0"))
    with Agent(f"127.0.0.1:{port}", who="ann") as agent:
        campaign = agent.campaign("c")
        assert campaign.ask() == []
        assert campaign.ask() == []
    tokens = [request.token for request in servicer.asked]
    assert len(tokens) == 4
    assert len(set(tokens)) == 2
    assert len(set(tokens[:3])) == 1
    server.stop(grace=None).wait()


def test_an_agent_that_stays_away_is_an_error_of_grpc():
    with Agent("127.0.0.1:1", who="ann", patience=0) as agent, pytest.raises(grpc.RpcError) as error:
        agent.campaign("c")
    assert error.value.code() is grpc.StatusCode.UNAVAILABLE
    assert not isinstance(error.value, Refused)


def test_a_token_goes_over_tls_or_to_this_machine(tmp_path):
    token = tmp_path / "token"
    token.write_text("0123456789abcdef\n")
    servicer = Campaigns()
    server, port = serve(servicer, lambda server: server.add_insecure_port("127.0.0.1:0"))
    with Agent(f"127.0.0.1:{port}", who="ann", token_file=token) as agent:
        agent.campaign("c").ask()
    assert servicer.metadata["authorization"] == "Bearer 0123456789abcdef"
    server.stop(grace=None).wait()
    with pytest.raises(ValueError, match="in the clear"):
        Agent("qloom.example:443", who="ann", token_file=token)
    with pytest.raises(ValueError, match="both or neither"):
        Agent("tls://qloom.example:443", who="ann", cert=tmp_path / "cert.pem")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_an_agent_behind_tls_is_held_to_its_certificate(tmp_path):
    key, cert, token = tmp_path / "key.pem", tmp_path / "cert.pem", tmp_path / "token"
    options = [
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=agent.qloom.svc",
    ]
    names = ["-addext", "subjectAltName=DNS:agent.qloom.svc", "-keyout", key, "-out", cert]
    subprocess.run(["openssl", "req", *options, *names], check=True, capture_output=True)
    token.write_text("0123456789abcdef\n")
    credentials = grpc.ssl_server_credentials([(key.read_bytes(), cert.read_bytes())])
    servicer = Campaigns()
    server, port = serve(servicer, lambda server: server.add_secure_port("localhost:0", credentials))
    named = {"who": "ann", "ca": cert, "patience": 0}
    with Agent(f"tls://localhost:{port}", server_name="agent.qloom.svc", token_file=token, **named) as agent:
        agent.campaign("c").ask()
    assert servicer.metadata["authorization"] == "Bearer 0123456789abcdef"
    with Agent(f"tls://localhost:{port}", **named) as agent, pytest.raises(grpc.RpcError):
        agent.campaign("c")
    server.stop(grace=None).wait()
