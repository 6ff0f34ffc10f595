import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Capabilities } from '@qloom/contracts/gen/qloom/episode/v1/capabilities.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { SERVICE_NAMES, SERVICES, type ServiceName, type ServiceRow } from '@qloom/study-rpc/services.ts';
import { targetsFromEnvironment } from '../study-file/targets.ts';
import { startLocalServices } from '../supervisor/local-services.ts';
import type { Finding } from './checks.ts';

/** Starts the services in a temporary folder and asks each for its capabilities, engines included. */
export async function checkServices(folder: string): Promise<Finding[]> {
  const services = startLocalServices({
    logFolder: join(folder, 'logs'),
    log: `sqlite://${join(folder, 'log.sqlite')}`,
    artifacts: pathToFileURL(join(folder, 'artifacts')).href,
    targets: targetsFromEnvironment(process.env),
    services: SERVICE_NAMES,
    supervise: { startAttempts: 1, readyTimeoutMs: 30_000 },
  });
  try {
    await services.started;
    const found = await Promise.all(SERVICES.map((row) => askService(row, services.targets[row.name])));
    return found.flat();
  } catch (error) {
    return [{ what: 'services', state: 'broken', detail: (error as Error).message }];
  } finally {
    await services.stop();
  }
}

async function askService({ name: service, definition }: ServiceRow, target: string): Promise<Finding[]> {
  const client = connect<ServiceRow['definition']>(definition, target);
  try {
    const { capabilities } = await client.getCapabilities({}, { deadlineMs: 20_000 });
    return [{ what: service, state: 'ok', detail: describe(capabilities) }, ...enginesOf(service, capabilities)];
  } catch (error) {
    return [{ what: service, state: 'broken', detail: (error as Error).message }];
  } finally {
    client.close();
  }
}

function describe(capabilities: Capabilities | undefined): string {
  const { version = '?', hyperparameters = [], limits = [] } = capabilities ?? {};
  const offered = hyperparameters.length === 0 ? [] : [`${hyperparameters.length} hyperparameters`];
  return [`version ${version}`, ...offered, ...limits.map((limit) => `${limit.name} up to ${limit.maximum}`)].join(
    ', ',
  );
}

function enginesOf(service: ServiceName, capabilities: Capabilities | undefined): Finding[] {
  return (capabilities?.engines ?? []).map(({ name, available, selected, reason }) => ({
    what: `  ${service}: ${name}`,
    state: available ? 'ok' : 'absent',
    detail: [selected ? 'in use' : available ? 'available' : 'not available', ...(reason === '' ? [] : [reason])].join(
      '; ',
    ),
  }));
}
