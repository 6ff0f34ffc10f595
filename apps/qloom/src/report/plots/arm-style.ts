import { ArmKind, type ArmResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { QLOOM_UNSELECTED } from '../../result/arms.ts';

/** The CSS class that gives an arm its colour. */
export function armClass(arm: Pick<ArmResult, 'name' | 'kind'>): string {
  if (arm.name === QLOOM_UNSELECTED) return 'arm-qloom';
  switch (arm.kind) {
    case ArmKind.REAL_ONLY:
      return 'arm-real';
    case ArmKind.QLOOM:
    case ArmKind.PORTFOLIO:
      return 'arm-qloom';
    case ArmKind.ORACLE:
      return 'arm-oracle';
    case ArmKind.CLASSICAL:
      return 'arm-classical';
    default:
      return 'arm-rival';
  }
}
