"""Answers other than OK. The statuses are those of proto/qloom/episode/v1/capabilities.proto."""

import grpc


class Refusal(Exception):
    """Ends a call with a status. `violations` are pairs (field, what is wrong and what would be right)."""

    def __init__(self, code: grpc.StatusCode, message: str, violations: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.violations = violations


def invalid(field: str, description: str) -> Refusal:
    """INVALID_ARGUMENT, with the field in google.rpc.BadRequest: the request is wrong, also when it is repeated."""
    return Refusal(grpc.StatusCode.INVALID_ARGUMENT, f"{field}: {description}", ((field, description),))


def diverged(message: str) -> Refusal:
    """OUT_OF_RANGE: a loss or a weight is not finite. The episode ends as diverged."""
    return Refusal(grpc.StatusCode.OUT_OF_RANGE, message)
