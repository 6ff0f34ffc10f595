// For projects whose tests export telemetry from jest's own process: OpenTelemetry's exporter loads node:http by a
// dynamic import, which jest cannot do in a script (the export would fail silently), so swc rewrites it.
const preset = require('../../jest.preset.cjs');

module.exports = (displayName, options = {}) => {
  const base = preset(displayName, options);
  const [swc] = Object.values(base.transform);
  return {
    ...base,
    transform: { ...base.transform, '/otlp-exporter-base/.+\\.cjs$': swc },
    transformIgnorePatterns: ['/node_modules/(?!@qloom/|@opentelemetry/otlp-exporter-base/)'],
  };
};
