import { createHash } from 'node:crypto';
import { quoted } from '@qloom/tensor/quoted.ts';
import { InvalidKeyError } from '../errors.ts';

/**
 * Immutable bytes under the SHA-256 of their content: data sets, split manifests, checkpoints, sample sets. Two
 * adapters implement it, a folder and a NATS object store, and pass one contract suite
 * (`@qloom/testing/artifact-store-contract.ts`).
 */
export interface ArtifactStore {
  /** Stores `bytes` and returns their hash, 64 lower-case hexadecimal digits. Storing the same bytes again is free. */
  put(bytes: Uint8Array): Promise<string>;
  /**
   * The bytes of that hash, verified. Throws `ArtifactMissingError` when there are none, `ArtifactCorruptError` when
   * the stored bytes have another hash, `InvalidKeyError` when `hash` is not one.
   */
  get(hash: string): Promise<Uint8Array>;
  /** Whether bytes of that hash are stored. Does not verify them. */
  has(hash: string): Promise<boolean>;
  /**
   * Points `name` at a hash: the latest checkpoint of a fit, say. Advisory: the last writer wins, it is not checked
   * that the artifact exists, and correctness must not depend on it. Names are `/`-separated `[A-Za-z0-9_.-]+`.
   */
  setRef(name: string, hash: string): Promise<void>;
  /** The hash that `name` points at, or undefined. */
  getRef(name: string): Promise<string | undefined>;
  /** Removes `name`. No error when there is none. */
  deleteRef(name: string): Promise<void>;
  /** Closes the connection. May be called twice. */
  close(): Promise<void>;
}

const HASH = /^[0-9a-f]{64}$/;
const REF = /^(?=.{1,200}$)[A-Za-z0-9_-][A-Za-z0-9_.-]*(\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$/;

/** The name of `bytes` in every store: their SHA-256, 64 lower-case hexadecimal digits. */
export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Throws `InvalidKeyError` unless `hash` is 64 lower-case hexadecimal digits. */
export function assertHash(hash: string): void {
  if (!HASH.test(hash)) {
    throw new InvalidKeyError(`artifact: ${quoted(hash)} is not a hash of 64 lower-case hexadecimal digits`);
  }
}

/** Throws `InvalidKeyError` unless `name` can name a reference. */
export function assertRefName(name: string): void {
  if (!REF.test(name)) {
    throw new InvalidKeyError(
      `ref: ${quoted(name)} is not a path of at most 200 letters, digits, "_", "-" and "." between "/"`,
    );
  }
}
