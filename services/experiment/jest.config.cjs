module.exports = require('../../jest.preset.cjs')('experiment');
