/** A JSON schema. */
export type Schema = Readonly<Record<string, unknown>>;

interface Definition extends Schema {
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

interface CustomResourceDefinition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema?: { readonly openAPIV3Schema: Schema } }[];
  };
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/**
 * JSON schemas of Kubernetes' own kinds, in which unknown fields are errors, by the file name that kubeconform asks for:
 * `deployment-apps-v1.json`. `openapi` is `api/openapi-spec/swagger.json` of Kubernetes.
 */
export function schemasOfKinds(openapi: {
  readonly definitions: Readonly<Record<string, Definition>>;
}): Map<string, Schema> {
  const definitions = Object.fromEntries(
    Object.entries(openapi.definitions).map(([name, definition]) => [name, strict(definition, name)]),
  );
  const schemas = new Map<string, Schema>();
  for (const [name, definition] of Object.entries(openapi.definitions)) {
    for (const { group, version, kind } of definition['x-kubernetes-group-version-kind'] ?? []) {
      schemas.set(fileName(group, version, kind), withDefinitions({ $ref: `#/definitions/${name}` }, definitions));
    }
  }
  return schemas;
}

/** The same of a custom resource, whose metadata are those of `openapi`. */
export function schemasOfCustomResource(
  { spec }: CustomResourceDefinition,
  openapi: { readonly definitions: Readonly<Record<string, Definition>> },
): Map<string, Schema> {
  const definitions = Object.fromEntries(
    Object.entries(openapi.definitions).map(([name, definition]) => [name, strict(definition, name)]),
  );
  const schemas = new Map<string, Schema>();
  for (const { name, schema } of spec.versions) {
    if (schema === undefined) continue;
    const { properties, ...root } = strict(schema.openAPIV3Schema, '') as { properties: Schema };
    const kind = { ...root, properties: { ...properties, metadata: { $ref: `#/definitions/${META}` } } };
    schemas.set(fileName(spec.group, name, spec.names.kind), withDefinitions(kind, definitions));
  }
  return schemas;
}

/** As kubeconform names it: only the first part of a group counts. */
function fileName(group: string, version: string, kind: string): string {
  return [kind, group.split('.')[0], version]
    .filter((part) => part !== '')
    .join('-')
    .toLowerCase()
    .concat('.json');
}

/** The schema with the definitions that it refers to, directly or not. */
function withDefinitions(schema: Schema, definitions: Readonly<Record<string, Schema>>): Schema {
  const needed: Record<string, Schema> = {};
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const reference = (value as Schema)['$ref'];
    const name = typeof reference === 'string' ? reference.replace('#/definitions/', '') : undefined;
    if (name !== undefined && !(name in needed)) {
      needed[name] = definitions[name];
      visit(definitions[name]);
    }
    for (const inner of Object.values(value)) visit(inner);
  };
  visit(schema);
  return { ...schema, definitions: needed };
}

/** A schema of Kubernetes' dialect of OpenAPI as JSON schema, with additional properties only where it describes them. */
function strict(schema: Schema, name: string): Schema {
  if (name.endsWith('.api.resource.Quantity')) return { type: ['string', 'number'] };
  if (schema['x-kubernetes-int-or-string'] || schema['format'] === 'int-or-string')
    return { type: ['string', 'integer'] };
  const kept = Object.entries(schema).filter(([key]) => !key.startsWith('x-') && !IGNORED.includes(key));
  const result: Record<string, unknown> = Object.fromEntries(kept);
  const inner = (one: unknown): Schema => strict(one as Schema, '');
  for (const key of ['properties', 'patternProperties']) {
    if (schema[key] === undefined) continue;
    const fields = Object.entries(schema[key] as Schema);
    result[key] = Object.fromEntries(fields.map(([field, value]) => [field, inner(value)]));
  }
  for (const key of ['items', 'additionalProperties', 'not']) {
    if (typeof schema[key] === 'object') result[key] = inner(schema[key]);
  }
  const isOpen =
    schema['x-kubernetes-preserve-unknown-fields'] === true || schema['additionalProperties'] !== undefined;
  if (schema['properties'] !== undefined && !isOpen) result['additionalProperties'] = false;
  if (schema['nullable'] === true && typeof schema['type'] === 'string') result['type'] = [schema['type'], 'null'];
  return result;
}

/** Keywords that say nothing about validity here: formats that JSON schema does not know, and texts. */
const IGNORED = ['format', 'description', 'default', 'example', 'nullable'];
