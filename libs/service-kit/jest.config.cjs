module.exports = require('../testing/jest-otlp.cjs')('service-kit');
