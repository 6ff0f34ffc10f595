import type { Backend, Estimate, QuoteResponse } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { formatSeconds } from '../terminal/format.ts';
import type { Style } from '../terminal/style.ts';
import { renderTable } from '../terminal/table.ts';

/** Backends as a table: what they are, what they cost, and whether they take jobs. */
export function renderBackends(backends: readonly Backend[], style: Style): string {
  const rows = backends.map((backend) => [
    backend.name,
    backend.provider,
    backend.qubits === 0 ? '?' : String(backend.qubits),
    priceText(backend),
    backend.limits === undefined ? '?' : limitsText(backend),
    backend.online ? queueText(backend) : `offline: ${backend.reason}`,
    backend.calibration === undefined ? '' : new Date(Number(backend.calibration.timeMs)).toISOString().slice(0, 16),
  ]);
  const columns = ['backend', 'provider', 'qubits', 'price', 'limits', 'queue', 'calibrated'];
  return renderTable(
    columns.map((title) => ({ title, ...(title === 'qubits' ? { align: 'right' as const } : {}) })),
    rows,
    { indent: '', header: style.dim },
  );
}

/** Quotes by backend as a table. A backend that cannot run the circuit has the reason. */
export function renderQuotes(
  quotes: readonly { readonly backend: string; readonly quote: QuoteResponse | string }[],
  style: Style,
): string {
  const rows = quotes.map(({ backend, quote }) =>
    typeof quote === 'string'
      ? [backend, '', '', quote]
      : [
          backend,
          String(quote.jobs),
          String(quote.shots),
          quote.unit === 'free' ? 'free' : bandText(quote.cost, (value) => `${amount(value)} ${quote.unit}`),
          bandText(quote.seconds, formatSeconds),
        ],
  );
  const columns = [
    { title: 'backend' },
    { title: 'jobs', align: 'right' as const },
    { title: 'shots', align: 'right' as const },
    { title: 'cost' },
    { title: 'time' },
  ];
  return renderTable(columns, rows, { indent: '', header: style.dim });
}

/** A number as a person reads it. */
const amount = (value: number): string => String(Number(value.toPrecision(4)));

function bandText(estimate: Estimate | undefined, format: (value: number) => string): string {
  if (estimate === undefined) return '?';
  const { expected, low, high } = estimate;
  return low === high ? format(expected) : `${format(expected)} [${format(low)}, ${format(high)}]`;
}

function priceText({ price }: Backend): string {
  if (price === undefined) return '?';
  const parts = [
    [price.perJob, 'job'],
    [price.perExecution, 'execution'],
    [price.perShot, 'shot'],
    [price.perSecond, 'second'],
  ] as const;
  const paid = parts.filter(([cost]) => cost > 0);
  if (paid.length === 0) return price.unit === 'free' ? 'free' : `${price.unit}, by quote`;
  return paid.map(([cost, of]) => `${amount(cost)} ${price.unit}/${of}`).join(' + ');
}

function limitsText({ limits }: Backend): string {
  const { maxShots = 0, maxExecutions = 0, createsPerMinute = 0 } = limits ?? {};
  const parts = [
    ...(maxShots > 0 ? [`${maxShots} shots`] : []),
    ...(maxExecutions > 0 ? [`${maxExecutions} a job`] : []),
    ...(createsPerMinute > 0 ? [`${createsPerMinute} jobs a minute`] : []),
  ];
  return parts.join(', ');
}

function queueText({ queue }: Backend): string {
  const { pendingJobs = 0, waitSeconds } = queue ?? {};
  return `${pendingJobs} jobs${waitSeconds === undefined ? '' : `, ${formatSeconds(waitSeconds)}`}`;
}
