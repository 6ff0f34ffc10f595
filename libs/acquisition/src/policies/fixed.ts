import { ACQUISITIONS, type AcquisitionName } from '../functions/acquisition-table.ts';
import type { AcquisitionPolicy } from './policy.ts';

/** One acquisition function in every round, and the points always. */
export function fixed(acquisition: AcquisitionName): AcquisitionPolicy {
  return {
    summary: ACQUISITIONS[acquisition].summary,
    isCrossValidated: false,
    decide: () => ({ acquisition, addsPoints: true }),
  };
}
