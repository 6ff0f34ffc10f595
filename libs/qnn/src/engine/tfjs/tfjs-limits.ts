import type { EngineLimits } from '../engine.ts';

/** 16 qubits, 256 MiB of patterns and of states at a time. */
export const TFJS_LIMITS: EngineLimits = { maxQubits: 16, maxStateBytes: 2 ** 28 };
