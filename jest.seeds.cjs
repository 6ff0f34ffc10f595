// Seeds of the property tests. jest.preset.cjs sets this file up where one of these is set:
//   QLOOM_TEST_SEED    every property of fast-check draws from this seed, which replays a failure that printed it
//   QLOOM_TEST_ROUNDS  every test with a property runs this many times, each time with another seed (`npm run test:seeds`)
const { relative } = require('node:path');
const fc = require('fast-check');

/** An environment variable that holds an integer of 32 bits, or `otherwise` where it is not set. */
function integer(name, otherwise) {
  const text = process.env[name] ?? '';
  if (text === '') return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value !== (value | 0)) {
    throw new Error(`${name}: "${text}" is not an integer of 32 bits`);
  }
  return value;
}

const first = integer('QLOOM_TEST_SEED', Date.now() | 0);
const rounds = integer('QLOOM_TEST_ROUNDS', 1);
/** Seeds of consecutive rounds lie far apart: 2³² divided by the golden ratio, odd, so that none comes twice. */
const seedOf = (round) => (first + Math.imul(round, 0x9e3779b1)) | 0;

/** Whether the test that runs has checked a property in this round. */
let checked = false;

function useSeed(seed) {
  const replay = () => {
    const { testPath, currentTestName } = expect.getState();
    const file = relative(__dirname, testPath);
    const project = file.replace(/\/src\/.*|\/[^/]*$/, '');
    // In single quotes, as a regular expression: what is special to either matches any one character.
    const name = currentTestName.replaceAll(/[^\w ,:-]/g, '.');
    return `QLOOM_TEST_SEED=${seed} npx jest --projects ${project} --runTestsByPath ${file} -t '${name}'`;
  };
  fc.configureGlobal({
    seed,
    reporter(details) {
      checked = true;
      if (!details.failed) return;
      const message = `${fc.defaultReportMessage(details)}\n\nThe same again: ${replay()}\n`;
      throw new Error(message, { cause: details.errorInstance ?? undefined });
    },
  });
}

/** A test's body, over and over with the seeds of all rounds; a body that checks no property runs once. */
function repeated(body) {
  return async (...given) => {
    for (let round = 0; round < rounds; round++) {
      checked = false;
      useSeed(seedOf(round));
      await body(...given);
      if (!checked) return;
    }
  };
}

/** jest's `it` that repeats; what else hangs on it (`only`, `skip`) stays. */
function repeating(it) {
  const define = (name, body, timeout) => it(name, repeated(body), timeout);
  const each =
    (...table) =>
    (name, body, timeout) =>
      it.each(...table)(name, repeated(body), timeout);
  return Object.assign(define, it, { each });
}

useSeed(first);
if (rounds > 1) globalThis.it = repeating(globalThis.it);
