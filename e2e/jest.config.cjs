// Many of its specs wait for processes more than they compute.
module.exports = require('../jest.preset.cjs')('e2e', { maxWorkers: 2 });
