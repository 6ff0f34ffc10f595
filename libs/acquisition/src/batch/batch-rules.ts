import type { AcquisitionFunction } from '../functions/acquisition-function.ts';
import type { BatchRule } from './batch-rule.ts';
import { best } from './best.ts';
import { determinantal } from './determinantal.ts';
import { kCentre } from './k-centre.ts';

/** How batches are made, by name. */
export const BATCH_RULES: Readonly<Record<AcquisitionFunction['batch'], BatchRule>> = {
  best,
  determinantal,
  'k-centre': kCentre,
};
