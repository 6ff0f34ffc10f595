import { Client, credentials } from '@grpc/grpc-js';

/** Resolves to whether a gRPC server answers at `target` within `timeoutMs`. */
export function isReachable(target: string, timeoutMs: number): Promise<boolean> {
  const client = new Client(target, credentials.createInsecure(), { 'grpc.enable_http_proxy': 0 });
  return new Promise((resolve) => {
    client.waitForReady(Date.now() + timeoutMs, (error) => {
      client.close();
      resolve(error === undefined || error === null);
    });
  });
}
