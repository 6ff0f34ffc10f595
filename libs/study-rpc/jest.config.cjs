module.exports = require('../../jest.preset.cjs')('study-rpc');
