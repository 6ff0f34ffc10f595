import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { KeptSpan } from './kept-span.ts';
import { parseOtlpTraces } from './otlp-json.ts';

const MAX_BODY_BYTES = 32 * 2 ** 20;
const unzip = promisify(gunzip);

/** What {@link startOtlpReceiver} takes. */
export interface OtlpReceiverOptions {
  /** Takes the spans of one export. */
  readonly onSpans: (spans: readonly KeptSpan[]) => void;
}

/** A receiver of OTLP/HTTP on the loopback interface. */
export interface OtlpReceiver {
  /** `http://127.0.0.1:<port>`: a value for QLOOM_KEEP_SPANS_AT. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Receives what the services' telemetry sends: traces as JSON, gzipped or not, to `/v1/traces`. Metrics are taken and
 * dropped: the log and the spans hold what they are made from. Protobuf is answered with 415.
 */
export async function startOtlpReceiver(options: OtlpReceiverOptions): Promise<OtlpReceiver> {
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url?.split('?')[0] ?? '';
    if (request.method !== 'POST' || !/^\/v1\/(traces|metrics|logs)$/.test(path)) return answer(response, 404);
    const type = request.headers['content-type'] ?? '';
    const body = await readBody(request);
    if (!type.startsWith('application/json')) {
      return answer(response, 415, 'only OTLP in JSON is taken: set OTEL_EXPORTER_OTLP_PROTOCOL=http/json');
    }
    if (path === '/v1/traces') options.onSpans(parseOtlpTraces(JSON.parse(body.toString('utf8'))));
    answer(response, 200);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      answer(response, 400, error instanceof Error ? error.message : String(error));
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new Error(`body is longer than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? unzip(body, { maxOutputLength: MAX_BODY_BYTES }) : body;
}

function answer(response: ServerResponse, code: number, message?: string): void {
  if (response.headersSent) return;
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(message === undefined ? '{}' : JSON.stringify({ message }));
}
