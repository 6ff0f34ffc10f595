import type { NatsConnection } from '@nats-io/nats-core';

/** Notifies listeners of reconnects, after which requests to the previous server may be lost. */
export interface Reconnects {
  /** Whether the client is connected, as far as is known. */
  isConnected(): boolean;
  /** Calls `listener` after every loss of the connection until the returned function is called. */
  subscribeLoss(listener: () => void): () => void;
  /** Calls `listener` after every reconnect until the returned function is called. */
  subscribe(listener: () => void): () => void;
}

/** One reader of the connection's status for any number of listeners. Ends with the connection. */
export function watchReconnects(connection: NatsConnection, warn: (message: string) => void): Reconnects {
  const listeners = new Set<() => void>();
  const lossListeners = new Set<() => void>();
  let connected = true;
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') {
        connected = false;
        warn(`NATS: lost the connection to ${status.server}`);
        for (const listener of [...lossListeners]) listener();
      }
      if (status.type === 'error') warn(`NATS: ${status.error.message}`);
      if (status.type === 'reconnect') {
        connected = true;
        warn(`NATS: connected again, to ${status.server}`);
        for (const listener of [...listeners]) listener();
      }
    }
  })();
  return {
    isConnected: () => connected,
    subscribeLoss(listener) {
      lossListeners.add(listener);
      return () => lossListeners.delete(listener);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
