import type { Server } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';

/**
 * Liveness: SERVING as long as the process can answer at all. A drain does not change it, so that a draining pod is not
 * restarted.
 */
const HEALTH_LIVE = 'live';
/** Readiness: whether new calls are accepted. The empty name and the name of every service have the same status. */
const HEALTH_READY = 'ready';

/** The health of one process. */
export interface Health {
  /** Adds `grpc.health.v1.Health` to a server. */
  addTo(server: Server): void;
  setReady(ready: boolean): void;
}

/** The health of a process that serves `services`: {@link HEALTH_LIVE} SERVING, all readiness names NOT_SERVING yet. */
export function createHealth(services: readonly string[]): Health {
  const readiness = ['', HEALTH_READY, ...services];
  const health = new HealthImplementation({
    [HEALTH_LIVE]: 'SERVING',
    ...Object.fromEntries(readiness.map((name) => [name, 'NOT_SERVING' as const])),
  });
  return {
    addTo: (server) => health.addToServer(server),
    setReady(ready) {
      for (const name of readiness) health.setStatus(name, ready ? 'SERVING' : 'NOT_SERVING');
    },
  };
}
