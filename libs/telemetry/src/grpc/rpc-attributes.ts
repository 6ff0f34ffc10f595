import { status } from '@grpc/grpc-js';
import type { Attributes } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_RPC_METHOD,
  ATTR_RPC_RESPONSE_STATUS_CODE,
  ATTR_RPC_SYSTEM_NAME,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  RPC_SYSTEM_GRPC,
} from '../semconv.ts';

/** Probes and reflection are not part of an episode: no spans, no metrics. */
const QUIET = /^\/grpc\.(health|reflection)\./;

/** Whether calls of this method (`/package.Service/Method`) are traced. */
export function isTracedMethod(path: string): boolean {
  return !QUIET.test(path);
}

/** `/package.Service/Method` → `package.Service/Method`. */
export function methodName(path: string): string {
  return path.startsWith('/') ? path.slice(1) : path;
}

/** Attributes known at the start of a call. `target` is the client's target. */
export function callAttributes(path: string, target?: string): Attributes {
  return {
    [ATTR_RPC_SYSTEM_NAME]: RPC_SYSTEM_GRPC,
    [ATTR_RPC_METHOD]: methodName(path),
    ...(target === undefined ? {} : serverAttributes(target)),
  };
}

/** Attributes known at the end of a call. */
export function statusAttributes(code: number, isError: boolean): Attributes {
  const name = status[code] ?? String(code);
  return { [ATTR_RPC_RESPONSE_STATUS_CODE]: name, ...(isError ? { [ATTR_ERROR_TYPE]: name } : {}) };
}

/** For a client every status but OK is an error. */
export function isClientError(code: number): boolean {
  return code !== status.OK;
}

const SERVER_ERRORS: ReadonlySet<number> = new Set([
  status.UNKNOWN,
  status.DEADLINE_EXCEEDED,
  status.UNIMPLEMENTED,
  status.INTERNAL,
  status.UNAVAILABLE,
  status.DATA_LOSS,
]);

/** For a server only its own faults are errors, as listed by the conventions. */
export function isServerError(code: number): boolean {
  return SERVER_ERRORS.has(code);
}

function serverAttributes(target: string): Attributes {
  if (target.startsWith('unix:')) return { [ATTR_SERVER_ADDRESS]: target.slice('unix:'.length) };
  const [, host, port] = /^(?:[a-z]+:\/*)?(.*?)(?::(\d+))?$/.exec(target) ?? [];
  return {
    [ATTR_SERVER_ADDRESS]: host ?? target,
    ...(port === undefined ? {} : { [ATTR_SERVER_PORT]: Number(port) }),
  };
}
