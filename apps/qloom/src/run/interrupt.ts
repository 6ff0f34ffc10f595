import { InterruptedError } from '../command/errors.ts';

/** Ctrl-C, SIGTERM, SIGHUP and the death of the launcher, as one signal. */
export interface Interrupt {
  readonly signal: AbortSignal;
  dispose(): void;
}

/**
 * A signal from the terminal reaches both the launcher and this process; a copy within this time is the same signal.
 */
const SAME_SIGNAL_MS = 500;

/**
 * Aborts at the first Ctrl-C, SIGTERM or SIGHUP, and when the launcher (bin/qloom.mjs under an older Node) is gone. A
 * second Ctrl-C ends the process at once; the services notice and end on their own.
 */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  let firstMs = 0;
  const onSignal = (): void => {
    if (!controller.signal.aborted) {
      firstMs = performance.now();
      controller.abort(new InterruptedError('interrupted'));
    } else if (performance.now() - firstMs > SAME_SIGNAL_MS) {
      process.exit(130);
    }
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, onSignal);
  const launcher = Number(process.env['QLOOM_LAUNCHER_PID'] ?? 0);
  const watch = setInterval(() => {
    if (launcher > 0 && process.ppid !== launcher && !controller.signal.aborted) onSignal();
  }, 500);
  watch.unref();
  return {
    signal: controller.signal,
    dispose() {
      clearInterval(watch);
      for (const name of signals) process.off(name, onSignal);
    },
  };
}

/** Rejects with the reason of `signal` when it aborts; never resolves. */
export function whenAborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  promise.catch(() => {});
  return promise;
}
