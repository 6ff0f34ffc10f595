// Who may import whom: the table of ARCHITECTURE.md as rules. `npm run lint` checks them; scripts/boundaries.spec.ts proves
// that they fire, on scripts/fixtures/boundaries.
const { readdirSync } = require('node:fs');
const { join } = require('node:path');

const DOMAIN = '^libs/(tensor|random|study|quantum|qnn|datasets|metrics|acquisition|tfjs)/';
const PLATFORM = '^libs/(telemetry|episode-log|service-kit)/';
const CONTRACTS = '^libs/contracts/';
const STUDY_RPC = '^libs/study-rpc/';
const ROOT = process.env.QLOOM_BOUNDARIES_ROOT ?? '';
const at = (pattern) => (ROOT === '' ? pattern : pattern.replace(/^\^/, `^${ROOT}`));
const OURS = at('^(libs|services|apps|bench|conformance|e2e)/');
const SPEC = '\\.spec\\.ts$|/src/testing/|/fixtures/[^/]*\\.ts$|/jest\\.config\\.cjs$';

/** A rule: files under `from` (tests apart) may import, of ours, only themselves and `allowed`. */
function only(name, from, allowed, comment) {
  return {
    name,
    severity: 'error',
    comment,
    from: { path: at(from), pathNot: SPEC },
    to: { path: OURS, pathNot: allowed.map(at) },
  };
}

const services = readdirSync(join(__dirname, 'services')).map((service) =>
  only(
    `service-${service}`,
    `^services/${service}/`,
    [DOMAIN, PLATFORM, CONTRACTS, STUDY_RPC, `^services/${service}/`],
    'A service imports domain, platform, contracts and study-rpc; never another service.',
  ),
);

module.exports = {
  forbidden: [
    only('domain', DOMAIN, [DOMAIN], 'Domain libraries import domain only.'),
    only(
      'tfjs',
      '^libs/tfjs/',
      ['^libs/tfjs/'],
      'libs/tfjs imports nothing of ours: it could be a package of its own.',
    ),
    {
      name: 'domain-has-no-transport',
      severity: 'error',
      comment: 'Domain code knows no gRPC, NATS or OpenTelemetry.',
      from: { path: [at(DOMAIN), at('^services/[^/]+/src/domain/')], pathNot: SPEC },
      to: { path: 'node_modules/(@grpc|@nats-io|@opentelemetry)/' },
    },
    only('contracts', CONTRACTS, [CONTRACTS], 'Contracts import nothing of ours.'),
    only(
      'platform',
      PLATFORM,
      [PLATFORM, CONTRACTS, '^libs/(tensor|study)/'],
      'Platform imports platform, contracts, tensor and study.',
    ),
    only(
      'study-rpc',
      STUDY_RPC,
      [STUDY_RPC, PLATFORM, CONTRACTS, '^libs/(tensor|random|study|quantum|qnn)/'],
      'study-rpc says the words of study and circuits over gRPC: it imports study, quantum, qnn, tensor, random, platform and contracts.',
    ),
    ...services,
    only(
      'service-domain',
      '^services/[^/]+/src/domain/',
      [DOMAIN, '^services/[^/]+/src/domain/'],
      'The domain of a service imports domain only.',
    ),
    {
      name: 'agent-rooms',
      severity: 'error',
      comment: 'Rooms of src/study import one way: search and final-evaluation know those before them, not each other.',
      from: {
        path: at('^services/agent/src/study/(retry|settings|data|replay|search|final-evaluation)/'),
        pathNot: SPEC,
      },
      to: {
        path: at('^services/agent/src/study/(search|final-evaluation)/'),
        pathNot: at('^services/agent/src/study/$1/'),
      },
    },
    only(
      'apps',
      '^apps/',
      ['^apps/', DOMAIN, PLATFORM, CONTRACTS, STUDY_RPC],
      'Apps start services as programs; they do not import them.',
    ),
    only('testing', '^libs/testing/', ['^libs/'], 'Testing imports anything but services.'),
    only(
      'conformance',
      '^conformance/',
      ['^conformance/', CONTRACTS, '^libs/(tensor|testing|service-kit|study/src/points|study-rpc/src/codec)/'],
      'Conformance reaches services over the wire only.',
    ),
    {
      name: 'testing-is-for-tests',
      severity: 'error',
      comment: 'Only specs, e2e, bench and conformance import testing.',
      from: { path: OURS, pathNot: [SPEC, at('^(libs/testing|e2e|bench|conformance)/')] },
      to: { path: at('^libs/testing/') },
    },
    {
      name: 'specs-import-no-service',
      severity: 'error',
      comment: 'A spec may import its own service and testing, never another service.',
      from: { path: at('^services/([^/]+)/.*\\.spec\\.ts$') },
      to: { path: at('^services/'), pathNot: at('^services/$1/') },
    },
    {
      name: 'no-cycle',
      severity: 'error',
      comment: 'No import cycles, imports of types included.',
      from: { pathNot: '/gen/' },
      to: { circular: true },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'Every import resolves.',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@tensorflow/tfjs-node(-gpu)?$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules/(?!@qloom)' },
    // bench/peers has dependencies of its own, which need not be installed.
    exclude: { path: ROOT === '' ? 'scripts/fixtures|^bench/peers/' : 'node_modules/(?!@)' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
