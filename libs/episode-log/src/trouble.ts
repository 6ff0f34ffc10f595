/** Reports of a consumption, only when they change: why no event can be taken, or undefined. */
export interface TroubleReport {
  note(problem: string): void;
  clear(): void;
}

/** Reports to `onTrouble`, which may be absent. */
export function reportTrouble(onTrouble: ((problem: string | undefined) => void) | undefined): TroubleReport {
  let isTroubled = false;
  return {
    note(problem) {
      if (!isTroubled) onTrouble?.(problem);
      isTroubled = true;
    },
    clear() {
      if (isTroubled) onTrouble?.(undefined);
      isTroubled = false;
    },
  };
}
