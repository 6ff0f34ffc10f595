import { makeOwnedTempFolder } from '../supervisor/owned-temp-folder.ts';

// A process that owns a temporary folder and prints its path; a test kills it the hard way.
process.stdout.write(`${makeOwnedTempFolder()}\n`);
setInterval(() => {}, 2 ** 30);
