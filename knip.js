// Which exports are used, and by what: scripts/unused-exports.spec.ts runs knip. With --production only the product counts as a
// user (patterns that end with !), and what a file uses itself is used.
export default {
  ignoreExportsUsedInFile: process.argv.includes('--production'),
  includeEntryExports: true,
  ignore: ['libs/contracts/src/gen/**', 'scripts/fixtures/**', 'scripts/*.mjs', '*.cjs'],
  workspaces: {
    '.': {
      entry: ['scripts/*.{mjs,ts}', 'deploy/**/*.spec.ts', 'deploy/checks/build-outside.ts'],
      project: ['scripts/**', 'deploy/**/*.ts'],
    },
    'libs/*': {
      entry: ['src/**/{*-main,worker}.ts!', '{src,fixtures}/**/*.spec.ts'],
      project: ['src/**/*.ts!', '!src/**/*.spec.ts!', '!src/testing/**!'],
    },
    'libs/testing': {
      project: ['src/**/*.ts'],
    },
    'services/*': {
      entry: ['src/**/{*-main,*worker}.ts!', 'src/**/*.spec.ts'],
      project: ['src/**/*.ts!', '!src/**/*.spec.ts!', '!src/{testing,fixtures}/**!'],
    },
    'apps/*': {
      entry: ['src/main.ts!', 'src/**/*-main.ts', 'src/**/*.spec.ts'],
      project: ['src/**/*.ts!', '!src/**/*.spec.ts!', '!src/testing/**!'],
    },
    bench: {
      entry: ['src/**/*main.ts!', 'src/**/*.spec.ts'],
      project: ['src/**/*.ts!', '!src/**/*.spec.ts!'],
    },
    conformance: {
      entry: ['src/main.ts!', 'src/**/*.spec.ts'],
      project: ['src/**/*.ts!', '!src/**/*.spec.ts!', '!src/testing/**!'],
    },
    e2e: {
      entry: ['src/**/*.spec.ts'],
      project: ['src/**/*.ts'],
    },
  },
};
