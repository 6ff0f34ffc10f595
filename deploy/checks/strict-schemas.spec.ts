import { schemasOfCustomResource, schemasOfKinds } from './strict-schemas.ts';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const openapi = {
  definitions: {
    [META]: { type: 'object', properties: { name: { type: 'string' } } },
    'io.k8s.api.apps.v1.Toy': {
      type: 'object',
      description: 'A toy.',
      required: ['spec'],
      properties: {
        metadata: { $ref: `#/definitions/${META}` },
        spec: {
          type: 'object',
          additionalProperties: { $ref: '#/definitions/io.k8s.apimachinery.pkg.api.resource.Quantity' },
        },
        port: { type: 'string', format: 'int-or-string' },
      },
      'x-kubernetes-group-version-kind': [{ group: 'networking.k8s.io', version: 'v1', kind: 'Toy' }],
    },
    'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: 'string' },
    'io.k8s.api.core.v1.Unused': { type: 'object' },
  },
};

describe('schemasOfKinds', () => {
  const schema = schemasOfKinds(openapi).get('toy-networking-v1.json');

  it('names a kind as kubeconform does, with the definitions that it needs', () => {
    expect(schema?.['$ref']).toBe('#/definitions/io.k8s.api.apps.v1.Toy');
    expect(Object.keys(schema?.['definitions'] as object)).not.toContain('io.k8s.api.core.v1.Unused');
  });

  it('refuses unknown fields, and takes numbers where Kubernetes does', () => {
    const definitions = schema?.['definitions'] as Record<string, Record<string, unknown>>;
    expect(definitions['io.k8s.api.apps.v1.Toy']).toMatchObject({
      additionalProperties: false,
      required: ['spec'],
      properties: { port: { type: ['string', 'integer'] } },
    });
    expect(definitions['io.k8s.apimachinery.pkg.api.resource.Quantity']).toEqual({ type: ['string', 'number'] });
    expect(definitions[META]).toMatchObject({ additionalProperties: false });
  });
});

describe('schemasOfCustomResource', () => {
  it('leaves open what the resource leaves open, and checks its metadata', () => {
    const spec = {
      group: 'keda.sh',
      names: { kind: 'Toy' },
      versions: [
        {
          name: 'v1alpha1',
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                metadata: { type: 'object' },
                spec: {
                  type: 'object',
                  properties: { any: { type: 'object', properties: {}, 'x-kubernetes-preserve-unknown-fields': true } },
                },
              },
            },
          },
        },
      ],
    };
    expect(schemasOfCustomResource({ spec }, openapi).get('toy-keda-v1alpha1.json')).toMatchObject({
      additionalProperties: false,
      properties: {
        metadata: { $ref: `#/definitions/${META}` },
        spec: {
          additionalProperties: false,
          properties: { any: expect.not.objectContaining({ additionalProperties: false }) },
        },
      },
    });
  });
});
