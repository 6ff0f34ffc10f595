module.exports = require('../../libs/testing/jest-otlp.cjs')('agent');
