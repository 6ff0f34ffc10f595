module.exports = require('../testing/jest-otlp.cjs')('telemetry');
