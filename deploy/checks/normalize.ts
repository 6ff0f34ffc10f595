import type { Manifest } from './render.ts';

/** Labels and annotations that Helm's conventions ask for and kustomize has other means for. */
const OF_HELM = ['app.kubernetes.io/managed-by', 'app.kubernetes.io/instance', 'helm.sh/chart', 'checksum/config'];

/** Lists of Kubernetes whose order means nothing, by the field that names their items. */
const KEYED: Readonly<Record<string, string>> = {
  env: 'name',
  ports: 'name',
  volumes: 'name',
  volumeMounts: 'name',
  containers: 'name',
  initContainers: 'name',
};

/**
 * Objects by kind and name, without what may differ between chart and components: {@link OF_HELM}, the Namespace and the
 * namespaces, which Helm sets when it installs, and the hashes in the names of ConfigMaps.
 */
export function normalize(manifests: readonly Manifest[]): Record<string, unknown> {
  const hashed = manifests.filter(({ kind }) => kind === 'ConfigMap').map(({ metadata }) => metadata.name);
  const plain = (name: string): string => (hashed.includes(name) ? name.replace(/-[2456789bcdfghkmt]{10}$/, '') : name);
  const entries = manifests
    .filter(({ kind }) => kind !== 'Namespace')
    .map((manifest) => [`${manifest.kind} ${plain(manifest.metadata.name)}`, tidy(manifest, plain)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function tidy(value: unknown, plain: (name: string) => string, field = ''): unknown {
  if (typeof value === 'string') return field === 'name' ? plain(value) : value;
  if (Array.isArray(value)) {
    const items = value.map((item) => tidy(item, plain));
    const key = KEYED[field];
    return key === undefined ? items : items.sort((a, b) => compare(a as object, b as object, key));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([name]) => !OF_HELM.includes(name) && !(name === 'namespace' && field === 'metadata'))
    .map(([name, inner]) => [name, tidy(inner, plain, name)] as const)
    .filter(([name, inner]) => !['labels', 'annotations'].includes(name) || Object.keys(inner as object).length > 0);
  return Object.fromEntries(entries);
}

function compare(a: object, b: object, key: string): number {
  const [first, second] = [a, b].map((one) => String((one as Record<string, unknown>)[key]));
  return first < second ? -1 : first > second ? 1 : 0;
}
