// A process that answers so many bytes over a bare unix socket (argv: path, bytes of a request, bytes of an answer), busy as long
// before an answer and after it as a critic is (argv: milliseconds each). Says where it serves. An answer begins with two float64: how
// long this process has worked on it, and when it had finished what it did before.

import { createServer } from 'node:net';
import { monotonicMs } from './run-times.ts';

const [path, ...numbers] = process.argv.slice(2);
const [requestBytes, answerBytes, before, after] = numbers.map(Number);

const busy = (ms: number): void => {
  const start = monotonicMs();
  while (monotonicMs() - start < ms);
};

createServer((socket) => {
  let missing = requestBytes;
  let idleSince = 0;
  socket.on('data', (bytes) => {
    const received = monotonicMs();
    missing -= bytes.length;
    if (missing > 0) return;
    missing = requestBytes;
    busy(before);
    const answer = Buffer.alloc(answerBytes);
    answer.writeDoubleLE(monotonicMs() - received, 0);
    answer.writeDoubleLE(idleSince, 8);
    socket.write(answer);
    setImmediate(() => {
      busy(after);
      idleSince = monotonicMs();
    });
  });
}).listen(path, () => process.stdout.write(`${path}\n`));
process.on('disconnect', () => process.exit(0));
