// Appends what jest prints of failed tests to a file, so that `npm test` repeats it at its end, below the output of all projects.
const { appendFileSync } = require('node:fs');

module.exports = class Failures {
  constructor(_config, { file }) {
    this.file = file;
  }

  onTestResult(test, { failureMessage }) {
    if (!failureMessage) return;
    const { displayName, rootDir } = test.context.config;
    const name = test.path.startsWith(rootDir) ? test.path.slice(rootDir.length + 1) : test.path;
    appendFileSync(this.file, `FAILED ${displayName?.name ?? ''} ${name}\n${failureMessage.trimEnd()}\n`);
  }
};
