import { CONVOLUTIONS } from './convolutions.ts';
import { ELEMENTWISE } from './elementwise.ts';
import type { KernelCases } from './kernel-case.ts';
import { PRODUCTS } from './products.ts';
import { REDUCTIONS } from './reductions.ts';
import { SHAPES } from './shapes.ts';

/** Cases that use every kernel that compiled functions may use, by name. */
export const KERNEL_CASES: KernelCases = { ...ELEMENTWISE, ...REDUCTIONS, ...SHAPES, ...PRODUCTS, ...CONVOLUTIONS };
