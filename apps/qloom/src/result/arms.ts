import { ArmKind, type ArmResult, type StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';

/** The arm with Qloom's points on all replicates, where its rule refuses some or all. */
export const QLOOM_UNSELECTED = 'qloom-unselected';

/** The arm of that name, if the study has it. */
export function findArm(result: StudyResult, name: string): ArmResult | undefined {
  return result.arms.find((arm) => arm.name === name);
}

/** Display name of an arm; a baseline without one of its own goes by its method. */
export function armLabel(arm: Pick<ArmResult, 'name' | 'kind'>): string {
  if (arm.kind === ArmKind.REAL_ONLY) return 'real data only';
  if (arm.kind === ArmKind.QLOOM) return 'Qloom';
  if (arm.kind === ArmKind.PORTFOLIO) return 'portfolio of methods';
  if (arm.kind === ArmKind.ORACLE) return 'oracle (true samples)';
  const labels: Record<string, string> = {
    noise: '+ noise',
    gaussian: '+ class Gaussian',
    smote: '+ SMOTE',
    mixup: '+ mixup',
    kde: '+ KDE',
    'class-transfer': '+ class transfer',
    cvae: '+ CVAE',
    duplicate: '+ duplicates',
    rotation: '+ rotations',
    'shot-resampling': '+ shot resampling',
    [QLOOM_UNSELECTED]: 'Qloom, always added',
    svc: 'SVC, real only',
    'nearest-neighbours': 'neighbours, real only',
    lda: 'LDA, real only',
    mlp: 'MLP, real only',
    teacher: 'LDA + MLPs, real only',
  };
  return labels[arm.name] ?? (arm.kind === ArmKind.RIVAL ? `+ ${arm.name}` : arm.name);
}

/** Arms in display order: real only, baselines, Qloom, portfolio, oracle, classical. */
export function readingOrder(arms: readonly ArmResult[]): ArmResult[] {
  const rank: Partial<Record<number, number>> = {
    [ArmKind.REAL_ONLY]: 0,
    [ArmKind.RIVAL]: 1,
    [ArmKind.QLOOM]: 2,
    [ArmKind.PORTFOLIO]: 3,
    [ArmKind.ORACLE]: 4,
    [ArmKind.CLASSICAL]: 5,
  };
  // The arm that was not chosen comes right after Qloom's own arm, before the oracle.
  const rankOf = ({ name, kind }: ArmResult): number => (name === QLOOM_UNSELECTED ? 2.5 : (rank[kind] ?? 6));
  return [...arms].sort((a, b) => rankOf(a) - rankOf(b));
}
