"""An agent of Qloom."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qloom.agent.v1 import agent_pb2, agent_pb2_grpc, campaign_pb2, campaign_pb2_grpc
from qloom.episode.v1 import slots_pb2
from qloom.tensor.v1 import tensor_pb2
from qloom_client.campaign import Campaign
from qloom_client.connection import open_channel, patiently

T = TypeVar("T")

ROWS_BYTES = 1 << 20
"""Most bytes of rows in one message."""


class Agent:
    """
    A connection to an agent. Close it, or use it in a `with` statement.

    Calls wait for an agent that is away, such as one that restarts, for `patience` seconds, and then raise the error of gRPC;
    what an agent refuses is raised as Refused at once.
    """

    def __init__(
        self,
        address: str,
        *,
        who: str,
        ca: Path | str | None = None,
        cert: Path | str | None = None,
        key: Path | str | None = None,
        server_name: str | None = None,
        token_file: Path | str | None = None,
        patience: float = 60.0,
    ) -> None:
        """
        Connects to `address`: host:port, tls://host:port or unix:path.

        `who` asks and tells: 1 to 64 printable characters. `ca`, `cert`, `key`: PEM files; without `ca` the authorities that
        the machine trusts. `server_name`: the name in the agent's certificate, where it is not the host. `token_file`: its
        first line is sent.
        """
        self._channel = open_channel(address, ca=ca, cert=cert, key=key, server_name=server_name, token_file=token_file)
        self._agent = agent_pb2_grpc.AgentServiceStub(self._channel)
        self.campaigns = campaign_pb2_grpc.CampaignServiceStub(self._channel)
        """The stub of CampaignService."""
        self.who = who
        self._patience = patience

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection."""
        self._channel.close()

    def patiently(self, call: Callable[[], T]) -> T:
        """Repeats a call, which must be one that may be repeated, while the agent is away. Raises Refused."""
        return patiently(call, self._patience)

    def campaign(self, id: str) -> Campaign:
        """The campaign of that id. Raises Refused (NOT_FOUND) if there is none."""
        campaign = Campaign(self, id)
        campaign.state()
        return campaign

    def create_campaign(
        self,
        id: str,
        pool: Mapping[str, ArrayLike] | ArrayLike,
        classes: Sequence[str],
        budget: int,
        *,
        costs: ArrayLike | None = None,
        **settings: Any,
    ) -> Campaign:
        """
        Creates a campaign, or finds it with the same settings.

        `pool`: the points that may be labelled: columns by name, or an array [points, features], whose features are x0, x1, …
        `costs`: the price of the label of each, above 0; then points are chosen by score over price.
        `settings`: fields of qloom.agent.v1.CampaignSettings, such as acquisition="margin", batch=8, seed=2, qnn={"qubits": 6}.
        Raises Refused for a setting that is wrong, and where the id is in use with other settings.
        """
        names, rows = _columns(pool)
        if costs is not None:
            settings["costs"] = self._put(["cost"], _columns({"cost": costs})[1])
        request = campaign_pb2.CreateCampaignRequest(
            id=id,
            settings=campaign_pb2.CampaignSettings(
                **{
                    "seed": 1,
                    **settings,
                    "pool": self._put(names, rows),
                    "class_names": list(classes),
                    "budget": budget,
                }
            ),
        )
        self.patiently(lambda: self.campaigns.CreateCampaign(request))
        return Campaign(self, id)

    def _put(self, names: Sequence[str], rows: NDArray[np.float64]) -> slots_pb2.ArtifactRef:
        return self.patiently(lambda: self._agent.PutDataset(_dataset(names, rows))).dataset


def _columns(pool: Mapping[str, ArrayLike] | ArrayLike) -> tuple[list[str], NDArray[np.float64]]:
    if isinstance(pool, Mapping):
        names = [str(name) for name in pool]
        columns = [np.asarray(column, dtype=np.float64) for column in pool.values()]
        if not columns or any(column.ndim != 1 or column.shape != columns[0].shape for column in columns):
            raise ValueError("pool: right would be columns of one length, one for each feature")
        return names, np.stack(columns, axis=1)
    rows = np.asarray(pool, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[1] == 0:
        raise ValueError(f"pool: has the shape {list(rows.shape)}; right would be [points, features]")
    return [f"x{feature}" for feature in range(rows.shape[1])], rows


def _dataset(names: Sequence[str], rows: NDArray[np.float64]) -> Iterator[agent_pb2.PutDatasetRequest]:
    yield agent_pb2.PutDatasetRequest(description=slots_pb2.DataDescription(feature_names=names))
    step = max(1, ROWS_BYTES // (8 * rows.shape[1]))
    for at in range(0, max(1, len(rows)), step):
        part = rows[at : at + step]
        x = tensor_pb2.Tensor(dtype=tensor_pb2.DTYPE_FLOAT64, shape=part.shape, data=part.astype("<f8").tobytes())
        yield agent_pb2.PutDatasetRequest(unlabelled=tensor_pb2.UnlabelledPoints(x=x))
