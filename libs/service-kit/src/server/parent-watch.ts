/** The process that {@link watchParent} observes; exchanged in tests. */
export interface ParentView {
  /** The present parent, which changes when the first one dies. */
  ppid(): number;
  isAlive(pid: number): boolean;
}

const THIS_PROCESS: ParentView = {
  ppid: () => process.ppid,
  isAlive(pid) {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM';
    }
  },
};

/**
 * Calls `onGone` once when the parent dies, so that a killed supervisor leaves no orphan: when the IPC channel (if
 * there is one) closes, and by polling every `intervalMs` if `parentPid` is given. A child compares its parent's id
 * instead of checking whether that process is alive, since a killed process that was not reaped yet still counts as
 * alive. Returns a function that ends the watch. Does not keep the process alive.
 */
export function watchParent(
  parentPid: number | undefined,
  onGone: () => void,
  { intervalMs = 250, view = THIS_PROCESS }: { intervalMs?: number; view?: ParentView } = {},
): () => void {
  let over = false;
  const gone = (): void => {
    if (over) return;
    stop();
    onGone();
  };
  const isChild = parentPid !== undefined && view.ppid() === parentPid;
  const timer =
    parentPid === undefined
      ? undefined
      : setInterval(() => {
          if (isChild ? view.ppid() !== parentPid : !view.isAlive(parentPid)) gone();
        }, intervalMs);
  timer?.unref();
  const stop = (): void => {
    over = true;
    clearInterval(timer);
    process.off('disconnect', gone);
  };
  process.on('disconnect', gone);
  return stop;
}
