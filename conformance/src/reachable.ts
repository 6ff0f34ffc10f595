import { Client, credentials } from '@grpc/grpc-js';
import type { ConnectOptions } from '@qloom/service-kit/client/clients.ts';
import { parseTarget } from '@qloom/service-kit/client/parse-target.ts';
import { clientCredentials } from '@qloom/service-kit/tls/credentials.ts';

/** Resolves to whether a gRPC server answers at `target` within `timeoutMs`, with the certificates of `options`. */
export function isReachable(target: string, timeoutMs: number, options: ConnectOptions = {}): Promise<boolean> {
  const { address, secure } = parseTarget(target);
  const { serverName } = options;
  const named = serverName === undefined ? {} : { 'grpc.ssl_target_name_override': serverName };
  const channel = secure ? (options.credentials ?? clientCredentials()) : credentials.createInsecure();
  const client = new Client(address, channel, { 'grpc.enable_http_proxy': 0, ...named });
  return new Promise((resolve) => {
    client.waitForReady(Date.now() + timeoutMs, (error) => {
      client.close();
      resolve(error === undefined || error === null);
    });
  });
}
