import { fileURLToPath } from 'node:url';
import { SERVICE_NAMES } from '@qloom/study-rpc/services.ts';
import { startLocalServices } from '../supervisor/local-services.ts';

// A supervisor of two fake services as a process of its own: a test kills it the hard way.
const main = fileURLToPath(new URL('./fake-service-main.ts', import.meta.url));
const services = startLocalServices({
  logFolder: process.argv[2],
  services: ['generator', 'agent'],
  mains: Object.fromEntries(SERVICE_NAMES.map((service) => [service, main])),
});
await services.started;
process.stdout.write(`${JSON.stringify(services.targets)}\n`);
setInterval(() => {}, 2 ** 30);
