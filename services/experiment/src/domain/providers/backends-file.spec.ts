import { transpile } from '@qloom/quantum/transpile/transpile.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import { createMemoryStore } from '../../testing/memory-store.ts';
import { openBackends } from './backends-file.ts';
import type { Transpile } from './provider.ts';

const open = (text: string | undefined, others: Readonly<Record<string, string>> = {}) => {
  const files: Readonly<Record<string, string>> = { '/etc/backends.yaml': text ?? '', ...others };
  const context = {
    clock: createManualClock(),
    store: createMemoryStore(),
    env: {},
    fetch,
    transpile: async ({ circuit, target }: Parameters<Transpile>[0]) => transpile(circuit, target),
    simulate: async () => [],
  };
  return openBackends(text === undefined ? undefined : '/etc/backends.yaml', (path) => files[path], context);
};
const CALIBRATION = `readoutErrors: [0.1]
gateErrors: [0.1]
t1: [1]
t2: [1]
`;

describe('the file of backends', () => {
  it('is one exact simulator where there is none', () => {
    expect(open(undefined).map(({ name, provider }) => [name, provider])).toEqual([['simulator', 'simulator']]);
  });

  it.each([
    ['qubits: 3', /^\/etc\/backends.yaml: is \{"qubits":3\}; right would be a list of backends/],
    ['- simulator', /\[0\]: is "simulator"; right would be a mapping with name and provider/],
    ['- provider: simulator', /\[0\]\.name: is missing; right would be a text/],
    ['- {name: A, provider: simulator}', /:1: \[0\]\.name: is "A"; right would be 1 to 32 of a-z/],
    ['- name: a\n  provider: none', /:2: \[0\]\.provider: is "none"; right would be .*simulator/],
    [
      '- name: a\n  provider: simulator\n  qubits: 99',
      /:3: \[0\]\.qubits: is 99; right would be an integer from 1 to 20/,
    ],
    ['- name: a\n  provider: simulator\n  shot: 1', /:3: \[0\]\.shot: is unknown; right would be calibration, drift/],
    [
      '- name: a\n  provider: simulator\n  price:\n    unit: EUR',
      /:4: \[0\]\.price\.unit: is "EUR"; right would be USD, seconds, credits, free/,
    ],
    ['- name: a\n  provider: simulator\n  price:\n    perShots: 1', /:4: \[0\]\.price\.perShots: is unknown/],
    ['- name: a\n  provider: simulator\n  drift: {spread: 1}', /:3: \[0\]\.drift: is given without calibration/],
    [
      '- {name: a, provider: simulator}\n- {name: a, provider: simulator}',
      /:2: \[1\]\.name: is "a" for the second time/,
    ],
    ['- {name: a', /^\/etc\/backends.yaml:1: /],
  ])('%j is refused with file, line and field', (text, message) => {
    expect(() => open(text)).toThrow(message);
  });

  it('names the file of a calibration that is wrong', () => {
    const text = '- {name: a, provider: simulator, qubits: 1, calibration: sub/c.yaml}';
    const at = '/etc/sub/c.yaml';
    expect(open(text, { [at]: CALIBRATION })).toHaveLength(1);
    expect(() => open(text, { [at]: CALIBRATION.replace('t2: [1]', 't2: [3]') })).toThrow(
      '/etc/sub/c.yaml:4: t2: of qubit 0 is 3; right would be at most 2·T1 = 2',
    );
    expect(() => open(text, { [at]: `${CALIBRATION}t3: [1]\n` })).toThrow('/etc/sub/c.yaml:5: t3: is unknown');
    expect(() => open(text, { [at]: CALIBRATION.replace('[0.1]', '[0.1, 0.1]') })).toThrow(
      '/etc/sub/c.yaml:1: readoutErrors: has 2 values; right would be 1, one for each qubit',
    );
  });
});
