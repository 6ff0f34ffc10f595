// The floor under a Critique exchange: HTTP/2 as Node has it, no gRPC, no messages, answering as many bytes as came. Serves at
// the socket argv[2], and says so.

import { createServer } from 'node:http2';

const path = process.argv[2];
const server = createServer();
server.on('stream', (stream) => {
  stream.respond({ ':status': 200 });
  stream.on('error', () => {});
  stream.on('data', (bytes: Buffer) => stream.write(bytes));
  stream.on('end', () => stream.end());
});
server.listen(path, () => process.stdout.write(`${path}\n`));
process.on('disconnect', () => process.exit(0));
