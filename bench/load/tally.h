#ifndef CONFAB_BENCH_TALLY_H
#define CONFAB_BENCH_TALLY_H

#include <stdint.h>

#include "../native/histogram.h"
#include "stamp.h"
#include "world.h"

/* What is counted while measuring, and what is checked from first to last. */
struct tally {
  uint64_t from, until; /* the time measured, monotonic ns */
  uint64_t deliveries, acks, delivered_bytes;
  struct histogram delivery_ns, ack_ns;

  uint64_t all_deliveries, all_acks, all_sent;
  uint64_t skipped;  /* counters a recipient never saw, or saw after a later one */
  uint64_t repeated; /* counters it saw again, or late */
  uint64_t stray;    /* messages of another run or group */
};

/* Checks a delivery's order at its recipient; false when it was not the message due next. */
bool tally_order(struct tally *t, struct conn *to, const struct stamp *stamp, uint32_t run);
void tally_delivery(struct tally *t, uint64_t now, const struct stamp *stamp, uint64_t frame_bytes);
void tally_ack(struct tally *t, uint64_t now, uint64_t sent_at);

/* CPU time in seconds: of this process, of the one with `pid` (0: not asked for), of everything on this
 * machine, and what its hypervisor gave to other machines meanwhile. */
struct cpu_time {
  double load, server, machine, stolen;
};
struct cpu_time cpu_time_read(int pid);
/* `"load_cpu":…,"server_cpu":…,"others_cpu":…,"stolen_cpu":…`, each as a share of one core. */
void print_cpu(struct cpu_time before, struct cpu_time after, double seconds);

/* `"name":{"p50":…,"p99":…,"max":…}` in milliseconds. */
void print_latency(const char *name, const struct histogram *h);
/* `"failures":…,"first_failure":…` */
void print_failures(const struct world *w);

#endif
