/** Class names of the ANNNI chain; the index is the label. The antiphase includes the floating phase. */
export const ANNNI_CLASSES = ['ferromagnetic', 'antiphase', 'paramagnetic'] as const;

/** The rectangle of couplings that tasks draw from: κ in [0, 1], h in [0, 2]. */
export const ANNNI_RANGES = { kappa: [0, 1], field: [0, 2] } as const;

/**
 * The field above which the infinite chain is paramagnetic. Below κ = ½, from the ferromagnet (Villain and Bak, 1981):
 * h_c = ((1−κ)/κ)(1 − √r), r = (1−3κ+4κ²)/(1−κ), computed as (2−4κ)/(1+√r), which has no 0/0 at κ = 0. From κ = ½ on,
 * from the antiphase through the floating phase: h_c = 1.05·√((κ−½)(κ−0.1)).
 */
export function annniCriticalField(kappa: number): number {
  if (kappa >= 0.5) return 1.05 * Math.sqrt((kappa - 0.5) * (kappa - 0.1));
  return (2 - 4 * kappa) / (1 + Math.sqrt((1 - 3 * kappa + 4 * kappa * kappa) / (1 - kappa)));
}

/** Label of the couplings (κ, h): an index into {@link ANNNI_CLASSES}. */
export function annniPhase(kappa: number, field: number): number {
  if (field > annniCriticalField(kappa)) return 2;
  return kappa < 0.5 ? 0 : 1;
}
