// The limit: the kernels of engine `wasm` as a C compiler translates them, on the engine's own memory.
//   gcc -O3 -march=native -DKERNELS='"kernels.inc"' -DBYTES=65536 -DVECTOR_BYTES=16 [-DFLOAT64] qnn_limit.c -o limit -lm
//   ./limit IMAGE OUT TOTALS TOTALS_END FROM TO
// reads the memory from IMAGE, executes forward and adjoint of the blocks FROM..TO and writes the memory after it to OUT; then for
// every number on stdin it executes them so many times, and answers with the time in milliseconds.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef uint32_t u32 __attribute__((may_alias));
typedef double f64 __attribute__((may_alias));
#ifdef FLOAT64
typedef double number __attribute__((may_alias));
typedef int64_t bits;
#else
typedef float number __attribute__((may_alias));
typedef int32_t bits;
#endif
typedef number V __attribute__((vector_size(VECTOR_BYTES), aligned(16), may_alias));
typedef bits B __attribute__((vector_size(VECTOR_BYTES)));
enum { LANES = VECTOR_BYTES / sizeof(number) };

static unsigned char M[BYTES] __attribute__((aligned(65536)));

#define WORD(at) (*(const u32 *)(M + (at)))
#define LOAD(at) (*(const V *)(M + (at)))
#define STORE(at, value) (*(V *)(M + (at)) = (value))
#define SPLAT(at) (*(const number *)(M + (at)) - (V){0})
#define ALL(value) ((number)(value) - (V){0})
#define SIGN ((B)ALL(-0.0))
#define FLIP_SIGN(a, b) ((V)((B)(a) ^ ((B)(b) & SIGN)))
static inline V MAX(V a, V b) {
  const B above = (B)(a > b);
  return (V)(((B)a & above) | ((B)b & ~above));
}

// angle = weight·input, or += it, for every lane; entries are (angle, weight, input).
static void setAngles(u32 at, u32 end, u32 inputs) {
  for (; at < end; at += 12) {
    f64 *angle = (f64 *)(M + WORD(at));
    const f64 weight = *(f64 *)(M + WORD(at + 4)), *input = (f64 *)(M + inputs + WORD(at + 8));
    for (int j = 0; j < LANES; j++) angle[j] = weight * input[j];
  }
}

static void addAngles(u32 at, u32 end, u32 inputs) {
  for (; at < end; at += 12) {
    f64 *angle = (f64 *)(M + WORD(at));
    const f64 weight = *(f64 *)(M + WORD(at + 4)), *input = (f64 *)(M + inputs + WORD(at + 8));
    for (int j = 0; j < LANES; j++) angle[j] += weight * input[j];
  }
}

// Cosines and sines of angles, one vector of each for LANES angles: reduction by π/2, and fdlibm's polynomials, as the engine has it.
static void sincos_(u32 angles, u32 end, u32 out) {
  for (; angles < end; angles += 8 * LANES, out += 2 * VECTOR_BYTES) {
    const f64 *a = (f64 *)(M + angles);
    number *cosines = (number *)(M + out), *sines = cosines + LANES;
    for (int j = 0; j < LANES; j++) {
      const double k = nearbyint(a[j] * 0.6366197723675814);
      const double r = a[j] - k * 1.5707963267341256 - k * 6.077100506303966e-11 - k * 2.0222662487959506e-21;
      const double z = r * r;
#ifdef FLOAT64
      const double p = 1.58969099521155e-10, s5 = p * z - 2.5050760253406863e-8;
      const double q = -1.1359647557788195e-11, c5 = q * z + 2.087572321298175e-9;
      const double s4 = s5 * z + 0.0000027557313707070068, c4 = c5 * z - 2.7557314351390663e-7;
#else
      const double s4 = 0.0000027557313707070068, c4 = -2.7557314351390663e-7;
#endif
      const double s = r + r * z * (((s4 * z - 0.0001984126982985795) * z + 0.00833333333332249) * z - 0.16666666666666632);
      const double c = 1 - z * 0.5 + z * z * (((c4 * z + 0.00002480158728947673) * z - 0.001388888888887411) * z + 0.0416666666666666);
      const int64_t quadrant = (int32_t)k;
      const double x = quadrant & 1 ? s : c, y = quadrant & 1 ? c : s;
      cosines[j] = (number)((quadrant + 1) & 2 ? -x : x);
      sines[j] = (number)(quadrant & 2 ? -y : y);
    }
  }
}

#include KERNELS

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return 1e3 * t.tv_sec + 1e-6 * t.tv_nsec;
}

static void chunk(const u32 *a) {
  if (a[1] > a[0]) CLEAR(a[0], a[1]);
  GRADIENTS(a[2], a[3]);
}

int main(int count, char **arguments) {
  if (count != 7) return fprintf(stderr, "usage: limit IMAGE OUT TOTALS TOTALS_END FROM TO\n"), 2;
  FILE *file = fopen(arguments[1], "rb");
  if (!file || fread(M, 1, BYTES, file) != BYTES) return fprintf(stderr, "%s: not a memory of %u bytes\n", arguments[1], (u32)BYTES), 1;
  fclose(file);
  u32 a[4];
  for (int i = 0; i < 4; i++) a[i] = (u32)strtoul(arguments[3 + i], NULL, 10);
  chunk(a);
  file = fopen(arguments[2], "wb");
  if (!file || fwrite(M, 1, BYTES, file) != BYTES) return fprintf(stderr, "%s: cannot be written\n", arguments[2]), 1;
  fclose(file);
  for (int times; scanf("%d", &times) == 1;) {
    const double start = now();
    for (int i = 0; i < times; i++) chunk(a);
    printf("%.6f\n", now() - start);
    fflush(stdout);
  }
  return 0;
}
