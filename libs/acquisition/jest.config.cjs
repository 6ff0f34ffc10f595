module.exports = require('../../jest.preset.cjs')('acquisition');
