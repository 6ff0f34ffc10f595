import { engineFindings } from './engine-findings.ts';

const backend = {
  name: 'wasm' as const,
  considered: [
    { name: 'tfjs-node' as const, available: false, reason: 'not installed' },
    { name: 'wasm' as const, available: true, reason: '' },
  ],
};
const providers = [
  { name: 'cpu' as const, available: true, reason: 'onnxruntime-node 1.30.0' },
  { name: 'cuda' as const, available: true, reason: 'onnxruntime-node 1.30.0' },
  { name: 'webgpu' as const, available: false, reason: 'no graphics device' },
];

describe('engineFindings', () => {
  it('reports where compiled steps run, where else they could, and the backend', () => {
    const steps = { size: 0, hold: () => Promise.reject(new Error('not in this test')) };
    const found = engineFindings(backend, { steps, provider: 'cuda', available: true, reason: 'cuda', providers });
    expect(found.map(({ name, available, selected }) => [name, available, selected])).toEqual([
      ['compiled', true, true],
      ['compiled, cuda', true, true],
      ['compiled, webgpu', false, false],
      ['tfjs-node', false, false],
      ['wasm', true, true],
    ]);
    expect(found[2].reason).toBe('no graphics device');
  });

  it('selects no provider if training is eager', () => {
    const found = engineFindings(backend, { available: false, reason: 'not installed', providers });
    expect(found.filter(({ selected }) => selected).map(({ name }) => name)).toEqual(['wasm']);
  });
});
