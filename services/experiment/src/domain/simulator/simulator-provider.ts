import { MAX_QUBITS } from '@qloom/quantum/circuit.ts';
import type { Options } from '../providers/options.ts';
import { readLimits, readPrice } from '../providers/price-options.ts';
import type { Provider } from '../providers/provider.ts';
import { readCalibration } from './calibration-options.ts';
import { createSimulatorBackend, type SimulatorSettings } from './simulator-backend.ts';

const SECONDS = { minimum: 0, maximum: 1e7 } as const;
const FREE = { unit: 'free', perJob: 0, perExecution: 0, perShot: 0, perSecond: 0 } as const;
const LIMITS = { maxShots: 1_000_000, maxExecutions: 10_000, sameShots: false } as const;

/** The library's simulator, exact or with the noise, the queue and the price of a device. */
export const SIMULATOR_PROVIDER: Provider = {
  name: 'simulator',
  description: "Qloom's own simulator, exact or with the noise, the queue and the price of a device.",
  open: (name, options, context) => createSimulatorBackend(readSettings(name, options), context),
};

function readSettings(name: string, options: Options): SimulatorSettings {
  const qubits = options.integer('qubits', { minimum: 1, maximum: MAX_QUBITS }, MAX_QUBITS);
  const device = readDevice(options, qubits);
  return {
    name,
    qubits,
    ...(device ? { device } : {}),
    trajectories: options.integer('trajectories', { minimum: 1, maximum: 1e6 }, 128),
    queueSeconds: options.number('queueSeconds', SECONDS, 0),
    jobSeconds: options.number('jobSeconds', SECONDS, 0),
    shotSeconds: options.number('shotSeconds', SECONDS, 0),
    price: readPrice(options, FREE),
    limits: readLimits(options, LIMITS),
  };
}

function readDevice(options: Options, qubits: number): SimulatorSettings['device'] {
  const calibration = options.file('calibration');
  const drift = options.fields('drift');
  const gateTimes = options.fields('gateSeconds');
  const enforceCoupling = options.boolean('enforceCoupling', false);
  if (calibration === undefined) {
    for (const field of ['drift', 'gateSeconds', 'enforceCoupling']) {
      if (options.has(field)) options.refuse(field, 'is given without calibration; right would be both, or neither');
    }
    return undefined;
  }
  const gate = { minimum: 0, maximum: 1 } as const;
  return {
    calibration: readCalibration(calibration, qubits),
    enforceCoupling,
    gateTimes: {
      oneQubit: gateTimes?.number('oneQubit', gate, 35e-9) ?? 35e-9,
      twoQubit: gateTimes?.number('twoQubit', gate, 300e-9) ?? 300e-9,
    },
    drift: {
      periodMs: 1000 * (drift?.number('periodSeconds', { minimum: 1, maximum: 1e9 }, 86_400) ?? 86_400),
      spread: drift?.number('spread', { minimum: 0, maximum: 3 }, 0.1) ?? 0,
      seed: drift?.integer('seed', { minimum: 0, maximum: 2 ** 32 - 1 }, 1) ?? 1,
    },
  };
}
