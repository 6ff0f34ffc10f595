module.exports = require('../../jest.preset.cjs')('episode-log');
