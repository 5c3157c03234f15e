#include "histogram.h"

static unsigned bucket_of(uint64_t ns) {
  if (ns < 2 * HISTOGRAM_STEPS) return (unsigned)ns;
  unsigned shift = 63 - (unsigned)__builtin_clzll(ns) - 6;
  unsigned at = (shift + 1) * HISTOGRAM_STEPS + (unsigned)(ns >> shift) - HISTOGRAM_STEPS;
  return at < HISTOGRAM_BUCKETS ? at : HISTOGRAM_BUCKETS - 1;
}

static uint64_t top_of(unsigned bucket) {
  if (bucket < 2 * HISTOGRAM_STEPS) return bucket;
  unsigned shift = bucket / HISTOGRAM_STEPS - 1;
  uint64_t low = HISTOGRAM_STEPS + bucket % HISTOGRAM_STEPS;
  return ((low + 1) << shift) - 1;
}

void histogram_add(struct histogram *h, uint64_t ns) {
  h->total++;
  if (ns > h->max) h->max = ns;
  h->counts[bucket_of(ns)]++;
}

uint64_t histogram_quantile(const struct histogram *h, double share) {
  uint64_t wanted = (uint64_t)(share * (double)h->total + 0.5);
  uint64_t seen = 0;
  if (h->total == 0) return 0;
  for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
    seen += h->counts[i];
    if (seen >= wanted && seen > 0) return top_of(i) < h->max ? top_of(i) : h->max;
  }
  return h->max;
}
