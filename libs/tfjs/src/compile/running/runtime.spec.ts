import type { Runtime } from './runtime.ts';

afterEach(() => jest.dontMock('onnxruntime-node'));

/** This folder's modules on a machine where requiring onnxruntime-node throws. */
async function whereItThrows(error: Error) {
  jest.resetModules();
  jest.doMock('onnxruntime-node', () => {
    throw error;
  });
  const [{ loadRuntime }, { listProviders }] = await Promise.all([import('./runtime.ts'), import('./providers.ts')]);
  return { loaded: loadRuntime(), findings: listProviders() };
}

describe('onnxruntime-node', () => {
  it('is reported missing, without an exception, if it is not installed', async () => {
    const absent = Object.assign(new Error("Cannot find module 'onnxruntime-node'\nRequire stack:"), {
      code: 'MODULE_NOT_FOUND',
    });
    const { loaded, findings } = await whereItThrows(absent);
    const missing = 'package onnxruntime-node is not installed';
    expect(loaded).toEqual({ missing });
    expect(findings.map(({ available, reason }) => ({ available, reason }))).toEqual(
      Array.from({ length: 3 }, () => ({ available: false, reason: missing })),
    );
  });

  it('is reported missing, with the reason, if its library does not load', async () => {
    const { loaded } = await whereItThrows(
      new Error('libonnxruntime.so.1: cannot open shared object file\n    at load'),
    );
    expect(loaded).toEqual({
      missing: 'onnxruntime-node cannot be loaded: libonnxruntime.so.1: cannot open shared object file',
    });
  });

  it('is available with its CPU provider, and every provider reports its version or what it lacks', async () => {
    jest.resetModules();
    const [{ loadRuntime }, { listProviders }] = await Promise.all([import('./runtime.ts'), import('./providers.ts')]);
    const { version, providers } = loadRuntime() as Runtime;
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(providers).toContain('cpu');
    const findings = listProviders();
    expect(findings.map(({ name }) => name)).toEqual(['cpu', 'cuda', 'webgpu']);
    expect(findings[0]).toEqual({ name: 'cpu', available: true, reason: `onnxruntime-node ${version}` });
    for (const { available, reason } of findings) {
      if (available) expect(reason).toBe(`onnxruntime-node ${version}`);
      else expect(reason).toMatch(/^no NVIDIA device|is not installed|^no graphics device|^not in this build/);
    }
  });

  it('refuses bytes that are not a model, with its message', async () => {
    const { loadRuntime } = await import('./runtime.ts');
    const runtime = loadRuntime() as Runtime;
    expect(() => runtime.createSession(Uint8Array.of(1, 2, 3), 'cpu', 1)).toThrow(/protobuf|model/i);
  });
});
