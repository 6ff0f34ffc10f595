"""What an agent refuses."""

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status


class Refused(Exception):
    """The agent refused a call; repeated, it would refuse it again. Its text says what is wrong and what would be right."""

    def __init__(self, code: grpc.StatusCode, message: str, problems: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__("\n".join([message, *(f"  {field}: {description}" for field, description in problems)]))
        self.code = code
        """The gRPC status, such as NOT_FOUND."""
        self.problems = problems
        """Each wrong field of the request, such as `answers[2].label`, with its description."""


def refusal_of(error: grpc.RpcError) -> Refused:
    """The refusal of a call that ended with an error."""
    status = rpc_status.from_call(error)
    problems: list[tuple[str, str]] = []
    for detail in status.details if status is not None else []:
        bad_request = error_details_pb2.BadRequest()
        if detail.Unpack(bad_request):
            problems += [(violation.field, violation.description) for violation in bad_request.field_violations]
    message = error.details() or error.code().name
    # A message that names its fields itself says nothing twice.
    return Refused(error.code(), message, tuple(one for one in problems if f"{one[0]}: {one[1]}" not in message))
