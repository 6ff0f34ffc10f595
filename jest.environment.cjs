// Node's environment with the host's typed arrays and Error: inside jest's own realm a worker's Float32Array
// and an Error thrown by node:fs would fail `instanceof`.
const { homedir } = require('node:os');
const { join } = require('node:path');
const { TestEnvironment } = require('jest-environment-node');

// Inside a test `process.env` is a copy that native code does not see.
process.env.ORT_DISABLE_TELEMETRY = '1';
// Tests start services by the dozen: they keep their compiled code, as those of the command line do.
process.env.NODE_COMPILE_CACHE ??= join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'qloom/compiled');

const SHARED = [
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'AggregateError',
];

module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    for (const name of SHARED) this.global[name] = globalThis[name];
  }
};
