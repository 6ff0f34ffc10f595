import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Restores `util.isNullOrUndefined` and `util.isArray`, which tfjs-node 4.22.0 calls and Node 23 removed. */
function restoreRemovedUtilities(): void {
  const util = require('node:util') as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}

/**
 * Loads an optional peer package that brings libtensorflow, and returns the name of the backend it registers.
 * Throws when the package is not installed or its binary does not load.
 */
export async function prepareNativeBackend(packageName: string): Promise<string> {
  try {
    require.resolve(packageName);
  } catch {
    throw new Error(`package ${packageName} is not installed`);
  }
  restoreRemovedUtilities();
  require(packageName);
  return 'tensorflow';
}
