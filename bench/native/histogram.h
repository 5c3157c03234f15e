#ifndef CONFAB_BENCH_HISTOGRAM_H
#define CONFAB_BENCH_HISTOGRAM_H

#include <stdint.h>

/* Counts of nanoseconds in buckets 1/64 of their value wide, so that a percentile is within 1.6 %
 * whatever its size and adding one costs a few instructions. */
#define HISTOGRAM_STEPS 64
#define HISTOGRAM_BUCKETS (HISTOGRAM_STEPS * 60)

struct histogram {
  uint64_t total;
  uint64_t max;
  uint64_t counts[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, uint64_t ns);
/* The value in nanoseconds that `share` (0–1) of the entries stay at or under; 0 when empty. */
uint64_t histogram_quantile(const struct histogram *h, double share);

#endif
