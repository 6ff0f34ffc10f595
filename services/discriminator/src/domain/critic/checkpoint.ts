import { createHash } from 'node:crypto';
import type { Points } from '@qloom/study/points/points.ts';
import { CheckpointError } from '../errors.ts';
import type { AugmentationState } from './augmentation.ts';
import type { CriticSettings } from './settings.ts';

/** The state of a critic that changes during training. */
export interface CriticState {
  /** Index that the next step must have. */
  readonly nextIndex: number;
  readonly augmentation: AugmentationState;
  /** The critic's own last losses by name. */
  readonly reported: Readonly<Record<string, number>>;
  /** Parameters, optimizer and singular vectors. */
  readonly network: Uint8Array;
}

const MAGIC = 'qloom-critic-1';

/**
 * Identifies a critic by its settings, seed and training points; a checkpoint is valid only for the same critic.
 * SHA-256, hex.
 */
export function criticFingerprint(settings: CriticSettings, seed: number, training: Points): string {
  const { count, features, classes, x, y } = training;
  return createHash('sha256')
    .update(JSON.stringify({ settings, seed, count, features, classes }))
    .update(new Uint8Array(x.buffer, x.byteOffset, x.byteLength))
    .update(new Uint8Array(y.buffer, y.byteOffset, y.byteLength))
    .digest('hex');
}

/**
 * Serializes a state: the header's length (uint32, little-endian), the header (JSON), the network. It has no state of
 * random numbers, because each step draws from its own stream, a function of the seed and the step's index.
 */
export function packCheckpoint(fingerprint: string, state: CriticState): Uint8Array {
  const { network, ...rest } = state;
  const header = Buffer.from(JSON.stringify({ magic: MAGIC, fingerprint, ...rest } satisfies Header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.byteLength);
  return Buffer.concat([length, header, network]);
}

interface Header {
  readonly magic: string;
  readonly fingerprint: string;
  readonly nextIndex: number;
  readonly augmentation: AugmentationState;
  readonly reported: Readonly<Record<string, number>>;
}

function readHeader(bytes: Uint8Array): { header: Header; end: number } {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const end = 4 + view.readUInt32LE(0);
    const header = JSON.parse(view.toString('utf8', 4, end)) as Header;
    if (header.magic === MAGIC) return { header, end };
  } catch {
    // Reported below as not a checkpoint.
  }
  throw new CheckpointError(`resume: ${bytes.byteLength} bytes are not a checkpoint of a critic (${MAGIC})`);
}

/**
 * Restores a state. Throws {@link CheckpointError} if the bytes are not a checkpoint, are truncated, or belong to
 * another critic.
 */
export function unpackCheckpoint(fingerprint: string, networkBytes: number, bytes: Uint8Array): CriticState {
  const { header, end } = readHeader(bytes);
  if (header.fingerprint !== fingerprint) {
    throw new CheckpointError('resume: the checkpoint is of a critic with other settings, seed or training points');
  }
  const network = bytes.subarray(end);
  if (network.byteLength !== networkBytes) {
    throw new CheckpointError(`resume: the network has ${network.byteLength} bytes where ${networkBytes} are expected`);
  }
  const { nextIndex, augmentation, reported } = header;
  return { nextIndex, augmentation, reported, network };
}
