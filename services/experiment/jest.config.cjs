module.exports = require('../../jest.preset.cjs')('qnn-sim');
