// Shared by every project's jest.config.cjs. swc turns the same .ts files that Node runs into CommonJS.
const { QLOOM_TEST_SEED: seed, QLOOM_TEST_ROUNDS: rounds, QLOOM_TEST_FAILURES: failures } = process.env;

module.exports = (displayName, options = {}) => ({
  displayName,
  testEnvironment: require.resolve('./jest.environment.cjs'),
  testMatch: ['<rootDir>/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/fixtures/'],
  extensionsToTreatAsEsm: [],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
        module: { type: 'commonjs', importInterop: 'swc' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!@qloom/)'],
  moduleFileExtensions: ['ts', 'mjs', 'js', 'cjs', 'json', 'node'],
  setupFilesAfterEnv: seed || rounds ? [require.resolve('./jest.seeds.cjs')] : [],
  ...(failures ? { reporters: ['default', [require.resolve('./jest.failures.cjs'), { file: failures }]] } : {}),
  // Rounds take as long as they are many.
  testTimeout: rounds ? 2 ** 31 - 1 : 180000,
  ...options,
});
