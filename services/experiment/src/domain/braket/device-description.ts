import type { BackendLimits, Calibration, Price } from '../backend/backend.ts';

/** A device's capabilities as GetDevice has them, as far as they are read: `braket.device_schema`, version 1 of any provider. */
export interface DeviceCapabilities {
  readonly service: {
    readonly shotsRange: readonly [number, number];
    readonly deviceCost?: { readonly price: number; readonly unit: string } | null;
    readonly updatedAt?: string | null;
    readonly getTaskPollIntervalMillis?: number | null;
  };
  readonly action: Readonly<Record<string, unknown>>;
  readonly paradigm: {
    readonly qubitCount: number;
    readonly nativeGateSet?: readonly string[];
    readonly connectivity?: {
      readonly fullyConnected: boolean;
      readonly connectivityGraph: Readonly<Record<string, readonly string[]>>;
    };
  };
  readonly standardized?: {
    readonly oneQubitProperties?: Readonly<Record<string, OneQubit>>;
    readonly twoQubitProperties?: Readonly<
      Record<string, { readonly twoQubitGateFidelity: readonly { fidelity: number }[] }>
    >;
  } | null;
}

interface OneQubit {
  readonly T1: { readonly value: number; readonly unit: string };
  readonly T2: { readonly value: number; readonly unit: string };
  readonly oneQubitFidelity: readonly { readonly fidelityType: { readonly name: string }; readonly fidelity: number }[];
}

/** The most executables of a program set; undefined where the device has none. */
export function programSetLimits({
  action,
}: DeviceCapabilities): { readonly maximumExecutables: number; readonly maximumTotalShots: number } | undefined {
  const set = action['braket.ir.openqasm.program_set'];
  return set as { maximumExecutables: number; maximumTotalShots: number } | undefined;
}

/** Twenty creations a second, the quota of an account that was never raised. */
const CREATES_PER_MINUTE = 1200;

/** Limits of a task on the device. All executables of a program set have the same shots. */
export function limitsOf(capabilities: DeviceCapabilities): BackendLimits {
  const [minShots, maxShots] = capabilities.service.shotsRange;
  const set = programSetLimits(capabilities);
  return {
    minShots: Math.max(1, minShots),
    maxShots,
    maxExecutions: set?.maximumExecutables ?? 1,
    ...(set ? { maxJobShots: set.maximumTotalShots } : {}),
    sameShots: true,
    createsPerMinute: CREATES_PER_MINUTE,
  };
}

/** Price of a task: `perTask`, which no answer of Braket has, and what the device says of shots or minutes. Unit: USD. */
export function priceOf({ service }: DeviceCapabilities, perTask: number): Price {
  const { price = 0, unit = 'shot' } = service.deviceCost ?? {};
  const isByTime = unit !== 'shot';
  const seconds = unit === 'hour' ? 3600 : 60;
  return {
    unit: 'USD',
    perJob: perTask,
    perExecution: 0,
    perShot: isByTime ? 0 : price,
    perSecond: isByTime ? price / seconds : 0,
  };
}

/** Qubits by position, as their names may have gaps, and the pairs of those positions that are connected. */
export function couplingOf({ paradigm }: DeviceCapabilities): (readonly [number, number])[] {
  const { connectivity } = paradigm;
  if (!connectivity || connectivity.fullyConnected) return [];
  const names = namesOf(connectivity.connectivityGraph);
  const position = new Map(names.map((name, i) => [name, i]));
  const pairs = new Map<string, readonly [number, number]>();
  for (const [from, others] of Object.entries(connectivity.connectivityGraph)) {
    for (const to of others) {
      const [a, b] = [position.get(from) ?? 0, position.get(to) ?? 0].sort((x, y) => x - y);
      pairs.set(`${a},${b}`, [a, b]);
    }
  }
  return [...pairs.values()].sort(([a, b], [c, d]) => a - c || b - d);
}

function namesOf(graph: Readonly<Record<string, readonly string[]>>): string[] {
  return [...new Set([...Object.keys(graph), ...Object.values(graph).flat()])].sort((a, b) => Number(a) - Number(b));
}

/** The calibration in the standardized properties; undefined where they lack a qubit or a pair. */
export function calibrationOf(capabilities: DeviceCapabilities): Calibration | undefined {
  const { standardized, service, paradigm } = capabilities;
  const graph = paradigm.connectivity?.connectivityGraph ?? {};
  const names = namesOf(graph);
  const one = names.map((name) => standardized?.oneQubitProperties?.[name]);
  const two = couplingOf(capabilities).map(
    ([a, b]) =>
      standardized?.twoQubitProperties?.[`${names[a]}-${names[b]}`] ??
      standardized?.twoQubitProperties?.[`${names[b]}-${names[a]}`],
  );
  const timeMs = Date.parse(service.updatedAt ?? '');
  if (names.length !== paradigm.qubitCount || one.includes(undefined) || two.includes(undefined)) return undefined;
  if (!Number.isFinite(timeMs)) return undefined;
  const qubits = one as OneQubit[];
  const isReadout = (name: string) => name.startsWith('READOUT');
  const error = (qubit: OneQubit, wanted: boolean): number => {
    const found = qubit.oneQubitFidelity.find(({ fidelityType }) => isReadout(fidelityType.name) === wanted);
    return found ? 1 - found.fidelity : 0;
  };
  return {
    id: new Date(timeMs).toISOString(),
    timeMs,
    readoutErrors: qubits.map((qubit) => error(qubit, true)),
    gateErrors: qubits.map((qubit) => error(qubit, false)),
    couplingErrors: two.map(
      (pair) => 1 - Math.max(...(pair?.twoQubitGateFidelity ?? []).map(({ fidelity }) => fidelity)),
    ),
    t1: qubits.map(({ T1 }) => seconds(T1)),
    t2: qubits.map(({ T2 }) => seconds(T2)),
  };
}

const UNITS: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };

const seconds = ({ value, unit }: { readonly value: number; readonly unit: string }): number =>
  value * (UNITS[unit.toLowerCase()] ?? 1);
