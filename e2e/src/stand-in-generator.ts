// A third-party generator: class means and standard deviations, in plain grpc-js, by Qloom's contract alone.
import { createHash } from 'node:crypto';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import {
  type FitRequest,
  type FitResponse,
  type GeneratorServiceServer,
  GeneratorServiceService,
  type SampleRequest,
  type SampleResponse,
} from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { Dtype, type LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';

type Moments = { mean: number[]; deviation: number[] }[];
const floats = ({ x }: LabelledPoints) => new Float32Array(new Uint8Array(x!.data).buffer);
const labels = ({ y }: LabelledPoints) => new Int32Array(new Uint8Array(y!.data).buffer);
const bytes = (array: Float32Array | Int32Array) => Buffer.from(array.buffer);

function moments(parts: LabelledPoints[]): Moments {
  const columns = parts[0].x!.shape[1];
  return Array.from({ length: parts[0].classes }, (_, label) => {
    const rows = parts.flatMap((part) => {
      const x = floats(part);
      return [...labels(part)].flatMap((y, i) => (y === label ? [x.subarray(i * columns, (i + 1) * columns)] : []));
    });
    const column = (j: number) => rows.map((row) => row[j]);
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
    const means = Array.from({ length: columns }, (_, j) => mean(column(j)));
    const variance = means.map((m, j) => mean(column(j).map((v) => (v - m) ** 2)));
    return { mean: means, deviation: variance.map(Math.sqrt) };
  });
}

function fit(call: ServerDuplexStream<FitRequest, FitResponse>): void {
  const parts: LabelledPoints[] = [];
  call.on('data', ({ part }: FitRequest) => part?.$case === 'training' && parts.push(part.value));
  call.on('end', () => {
    const data = Buffer.from(JSON.stringify(moments(parts)));
    const sha256 = createHash('sha256').update(data).digest('hex');
    call.write({ part: { $case: 'model', value: { data, offset: 0, total: data.length, sha256 } } });
    const summary = { steps: 1, selectedStep: 1, values: [], seconds: 0, resumedFromStep: 0 };
    call.write({ part: { $case: 'summary', value: summary } });
    call.end();
  });
}

/** Sums of twelve draws of a linear congruential generator, which approximate a normal variable. */
function normals(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296;
  return () => Array.from({ length: 12 }, uniform).reduce((a, b) => a + b, -6);
}

function sample(call: ServerDuplexStream<SampleRequest, SampleResponse>): void {
  const model: Uint8Array[] = [];
  let counts: number[] = [];
  let seed = 0;
  call.on('data', ({ part }: SampleRequest) => {
    if (part?.$case === 'settings') ({ classCounts: counts, seed } = part.value);
    if (part?.$case === 'model') model.push(part.value.data);
  });
  call.on('end', () => {
    const classes = JSON.parse(Buffer.concat(model).toString()) as Moments;
    const normal = normals(seed);
    const y = counts.flatMap((count, label) => Array.from({ length: count }, () => label));
    const x = y.flatMap((label) => classes[label].mean.map((m, j) => m + classes[label].deviation[j] * normal()));
    const columns = classes[0].mean.length;
    // At most 1 MiB a message.
    const rows = Math.floor(2 ** 20 / (4 * columns));
    for (let from = 0; from < y.length; from += rows) {
      const labels = Int32Array.from(y.slice(from, from + rows));
      const values = Float32Array.from(x.slice(from * columns, (from + rows) * columns));
      const points: LabelledPoints = {
        x: { dtype: Dtype.FLOAT32, shape: [labels.length, columns], data: bytes(values) },
        y: { dtype: Dtype.INT32, shape: [labels.length], data: bytes(labels) },
        classes: classes.length,
      };
      call.write({ part: { $case: 'points', value: points } });
    }
    const summary = { count: y.length, drawn: y.length, acceptance: 1, forced: 0 };
    call.write({ part: { $case: 'summary', value: summary } });
    call.end();
  });
}

/** Serves the stand-in at `address` until the returned function is called. */
export async function serveStandIn(address: string): Promise<() => void> {
  const capabilities = { service: 'stand-in', version: '1.0.0', engines: [], limits: [], hyperparameters: [] };
  const standIn: GeneratorServiceServer = {
    getCapabilities: (_call, done) => done(null, { capabilities, methods: [] }),
    fit,
    sample,
  };
  const server = new Server();
  server.addService(GeneratorServiceService, standIn);
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(address, ServerCredentials.createInsecure(), (error) => (error ? reject(error) : resolve())),
  );
  return () => server.forceShutdown();
}
