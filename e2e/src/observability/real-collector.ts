import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** An OpenTelemetry collector with the configuration of `deploy/observability`. */
export interface RealCollector {
  /** Base URL of OTLP over HTTP. */
  readonly endpoint: string;
  /** What Prometheus would scrape, in OpenMetrics text. */
  scrape(): Promise<string>;
  stop(): Promise<void>;
}

/** The program in QLOOM_OTELCOL, if any: a collector with the components of `deploy/observability/collector.yaml`. */
export function collectorProgram(): string | undefined {
  return process.env['QLOOM_OTELCOL'] || undefined;
}

/** Starts the collector on free ports of the loopback interface; its exporter of traces finds nobody, and tries again. */
export async function startRealCollector(program: string): Promise<RealCollector> {
  const config = fileURLToPath(new URL('../../../deploy/observability/collector.yaml', import.meta.url));
  const [http, grpc, prometheus, health, jaeger] = await Promise.all(Array.from({ length: 5 }, freeAddress));
  const child = spawn(program, ['--config', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      QLOOM_OTLP_LISTEN: http,
      QLOOM_OTLP_GRPC_LISTEN: grpc,
      QLOOM_PROMETHEUS_LISTEN: prometheus,
      QLOOM_HEALTH_LISTEN: health,
      QLOOM_JAEGER_ENDPOINT: jaeger,
    },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the collector ended with ${code}:\n${said.join('\n')}`)));
    createInterface(child.stderr).on('line', (line) => {
      if (said.length < 100) said.push(line);
      if (line.includes('Everything is ready')) resolve();
    });
  });
  return {
    endpoint: `http://${http}`,
    async scrape() {
      const headers = { accept: 'application/openmetrics-text; version=1.0.0' };
      return (await fetch(`http://${prometheus}/metrics`, { headers })).text();
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function freeAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `127.0.0.1:${address.port}`;
}
