/** What the emulator does to a request in place of, or after, its answer. */
export type IbmFault =
  /** Answers an error and does nothing else. */
  | { readonly kind: 'error'; readonly status: number; readonly code: number; readonly retryAfterSeconds?: number }
  /** Carries the request out, and closes the connection without an answer. */
  | { readonly kind: 'lost-reply' }
  /** Closes the connection before it reads the request. */
  | { readonly kind: 'dropped' }
  /** Carries the request out, and never answers. */
  | { readonly kind: 'silent' };

/** Faults that wait for requests. */
export interface IbmFaults {
  /** The next `times` requests of a route such as `POST /jobs` or `GET /jobs/{id}` meet this fault. */
  next(route: string, fault: IbmFault, times?: number): void;
  /** Takes the fault for a request of a route, if there is one. */
  take(route: string): IbmFault | undefined;
}

/** Starts without faults. */
export function createIbmFaults(): IbmFaults {
  const waiting = new Map<string, IbmFault[]>();
  return {
    next(route, fault, times = 1) {
      const list = waiting.get(route) ?? [];
      for (let i = 0; i < times; i++) list.push(fault);
      waiting.set(route, list);
    },
    take: (route) => waiting.get(route)?.shift(),
  };
}
