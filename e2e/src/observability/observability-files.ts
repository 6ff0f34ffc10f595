import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const FOLDER = join(ROOT, 'deploy/observability');

/** An expression of a dashboard or of an alert rule, and what is printed beside its values. */
export interface Query {
  /** File, and panel or alert. */
  readonly where: string;
  readonly expression: string;
  /** Labels that its legend or its summary names. */
  readonly shown: readonly string[];
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string; readonly exemplar?: boolean }[];
  }[];
}

/** An alert rule. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

/** Text of a file of the repository. */
export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The alert rules. */
export function alerts(): Alert[] {
  const { groups } = parse(textOf('deploy/observability/alerts.yaml')) as { groups: { rules: Alert[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

/** The dashboards, by file. */
export function dashboards(): [file: string, dashboard: Dashboard][] {
  const files = readdirSync(join(FOLDER, 'dashboards')).filter((file) => file.endsWith('.json'));
  return files.map((file) => [file, JSON.parse(textOf(`deploy/observability/dashboards/${file}`)) as Dashboard]);
}

/** Every expression of the dashboards and of the alert rules. */
export function queries(): Query[] {
  const ofPanels = dashboards().flatMap(([file, { panels }]) =>
    panels.flatMap(({ title, targets }) =>
      targets.map(({ expr, legendFormat }) => ({
        where: `${file}: ${title}`,
        expression: expr,
        shown: [...legendFormat.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label]) => label),
      })),
    ),
  );
  const ofAlerts = alerts().map(({ alert, expr, annotations }) => ({
    where: `alerts.yaml: ${alert}`,
    expression: expr,
    shown: [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label),
  }));
  return [...ofPanels, ...ofAlerts];
}

/** What the collector makes of spans: the namespace of its metrics, and the attributes of spans that become labels. */
export function spanMetrics(): { readonly namespace: string; readonly dimensions: readonly string[] } {
  const { connectors } = parse(textOf('deploy/observability/collector.yaml')) as {
    connectors: { span_metrics: { namespace: string; dimensions: { name: string }[] } };
  };
  const { namespace, dimensions } = connectors.span_metrics;
  return { namespace, dimensions: dimensions.map(({ name }) => name) };
}
