import { status } from '@grpc/grpc-js';

/** INVALID_ARGUMENT for 3. */
export function statusName(code: number): string {
  return status[code] ?? `status ${code}`;
}
