import { once } from 'node:events';
import { parseListen } from '@qloom/service-kit/config/listen.ts';
import { startServer } from '@qloom/service-kit/server/server.ts';
import { createMemoryLog } from '@qloom/testing/test-server.ts';
import { rightPolicy } from './right-policy.ts';

/** Serves the right policy at the address in its first argument until SIGTERM: a program that the kit starts. */
const { address } = parseListen(process.argv[2]);
if (address === undefined) throw new Error(`${process.argv[2]} is no address`);
const server = await startServer({ services: [rightPolicy()], listen: address, log: createMemoryLog().log });
server.setReady(true);
await once(process, 'SIGTERM');
await server.shutdown(0);
