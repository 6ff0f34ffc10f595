"""The interceptor that ends calls: refusals become statuses with details, defects INTERNAL."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from qloom_service.refusals import Refusal

_HANDLERS = {
    (False, False): ("unary_unary", grpc.unary_unary_rpc_method_handler),
    (False, True): ("unary_stream", grpc.unary_stream_rpc_method_handler),
    (True, False): ("stream_unary", grpc.stream_unary_rpc_method_handler),
    (True, True): ("stream_stream", grpc.stream_stream_rpc_method_handler),
}


class Statuses(grpc.ServerInterceptor):
    """Wraps the calls of Qloom's contracts; health passes, so that a busy server answers its probes."""

    def __init__(self, most_calls: int) -> None:
        """Creates the interceptor. `most_calls`: calls at once, beyond which the next one is RESOURCE_EXHAUSTED."""
        self._room = threading.BoundedSemaphore(most_calls)
        self._most_calls = most_calls

    def intercept_service(self, continuation: Callable, details: grpc.HandlerCallDetails) -> Any:
        """Wraps the handler of one call."""
        handler = continuation(details)
        if handler is None or not details.method.startswith("/qloom."):
            return handler
        kind, create = _HANDLERS[(handler.request_streaming, handler.response_streaming)]
        behaviour = getattr(handler, kind)

        def answer(request: Any, context: grpc.ServicerContext) -> Any:
            with self._ending(context, details.method):
                return behaviour(request, context)

        def stream(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
            with self._ending(context, details.method):
                yield from behaviour(request, context)

        return create(
            stream if handler.response_streaming else answer,
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    @contextmanager
    def _ending(self, context: grpc.ServicerContext, method: str) -> Iterator[None]:
        if not self._room.acquire(blocking=False):
            most = f"{self._most_calls} calls are served already; right would be another replica, or later"
            context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, most)
        try:
            yield
        except Refusal as refusal:
            context.abort_with_status(rpc_status.to_status(_status_of(refusal)))
        except NotImplementedError:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, "this service does not offer the call")
        except Exception as error:
            if not context.is_active():
                return  # cancelled: nobody waits for a status
            logging.exception("%s failed", method)
            context.abort(grpc.StatusCode.INTERNAL, f"{type(error).__name__}: {error}")
        finally:
            self._room.release()


def _status_of(refusal: Refusal) -> status_pb2.Status:
    status = status_pb2.Status(code=refusal.code.value[0], message=refusal.message)
    if refusal.violations:
        details = error_details_pb2.BadRequest()
        for field, description in refusal.violations:
            details.field_violations.add(field=field, description=description)
        packed = any_pb2.Any()
        packed.Pack(details)
        status.details.append(packed)
    return status
