/* Members of groups write to each other: closed loop (each sender keeps a window of messages under way)
 * or open loop (messages fall due on a schedule, whatever the server does). */
#include <inttypes.h>
#include <stdio.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "../native/clock.h"
#include "connections.h"
#include "dialects.h"
#include "modes.h"
#include "tally.h"

static struct tally tally;
static bool sending;

static void send_next(struct world *w, struct conn *c, uint64_t time) {
  dialect_send(w, c, time);
  tally.all_sent++;
  c->awaited = (unsigned)w->options.group_size; /* its ack and the others' copies */
}

/* One of the things that a closed-loop sender awaits has come. */
static void came(struct world *w, struct conn *sender) {
  if (w->options.until_seen && --sender->awaited > 0) return;
  if (sending && w->options.rate == 0) send_next(w, sender, w->now);
}

static void acked(struct world *w, struct conn *c, uint64_t sent_at) {
  c->acked++;
  tally_ack(&tally, w->now, sent_at);
  came(w, c);
}

static void delivered(struct world *w, struct conn *c, const struct stamp *stamp, size_t len) {
  bool own = stamp->slot == c->slot;
  if (stamp->slot >= (unsigned)w->options.group_size ||
      !tally_order(&tally, c, stamp, w->run))
    return;
  tally_delivery(&tally, w->now, stamp, len);
  if (own && w->options.dialect == DIALECT_RAW) acked(w, c, stamp->time);
  if (!own && w->options.until_seen) came(w, c - c->slot + stamp->slot);
}

static void on_text(struct world *w, struct conn *c, const char *text, size_t len) {
  struct detail detail;
  switch (dialect_read(w, c, text, len, &detail)) {
    case EVENT_DELIVERY:
      return delivered(w, c, &detail.stamp, len);
    case EVENT_ACK:
      return acked(w, c, detail.acked_time);
    case EVENT_ERROR:
      return world_fail(w, "user %u got %.*s", c->index, len < 200 ? (int)len : 200, text);
    case EVENT_READY:
    case EVENT_NONE:
      return;
  }
}

static void on_open(struct world *w, struct conn *c) {
  (void)c;
  connections_start_more(w);
}

static void on_closed(struct world *w, struct conn *c, enum conn_state was, const char *why) {
  (void)was;
  world_fail(w, "connection of user %u: %s", c->index, why);
}

bool connect_everyone(struct world *w) {
  connections_start_more(w);
  while (w->open < w->count && !w->failures) {
    connections_turn(w, 100);
    if (w->now > w->deadline) world_fail(w, "timed out with %u of %u connected", w->open, w->count);
  }
  return w->failures == 0;
}

static struct conn *sender_at(struct world *w, unsigned number) {
  unsigned each = (unsigned)w->options.senders;
  return &w->conns[number / each * (unsigned)w->options.group_size + number % each];
}

static unsigned sender_count(const struct world *w) {
  return (unsigned)(w->options.groups * w->options.senders);
}

static void fill_windows(struct world *w) {
  for (unsigned i = 0; i < sender_count(w); i++)
    for (int n = 0; n < w->options.window; n++) send_next(w, sender_at(w, i), now_ns());
}

/* Sends whatever has fallen due since the last call, stamped as of when it was due. */
static void send_due(struct world *w, uint64_t start, uint64_t *number) {
  double interval = (double)NS_PER_S / w->options.rate;
  for (;;) {
    uint64_t due = start + (uint64_t)((double)*number * interval);
    if (due > w->now) return;
    send_next(w, sender_at(w, (unsigned)(world_random(w) % sender_count(w))), due);
    (*number)++;
  }
}

static int start_ticking(struct world *w) {
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  struct timespec tick = {0, w->options.rate > 5000 ? 100000 : 200000};
  struct itimerspec every = {tick, tick};
  timerfd_settime(timer, 0, &every, NULL);
  connections_watch(w, timer);
  return timer;
}

static void run_until(struct world *w, uint64_t end, uint64_t start, uint64_t *number, int timer) {
  uint64_t ticks;
  while (w->now < end && w->now < w->deadline && !w->failures) {
    connections_turn(w, 20);
    if (timer < 0) continue;
    if (read(timer, &ticks, sizeof ticks) > 0) send_due(w, start, number);
  }
}

static bool all_arrived(const struct world *w) {
  return tally.all_acks >= tally.all_sent &&
         tally.all_deliveries >= tally.all_sent * (uint64_t)w->options.group_size;
}

static void drain(struct world *w) {
  uint64_t end = w->now + (uint64_t)(w->options.drain * (double)NS_PER_S);
  while (!all_arrived(w) && w->now < end && !w->failures) connections_turn(w, 20);
}

/* Messages of which some recipient saw nothing, nor anything later of that sender. */
static uint64_t missing(struct world *w) {
  uint64_t count = 0;
  unsigned size = (unsigned)w->options.group_size;
  for (unsigned i = 0; i < w->count; i++)
    for (unsigned slot = 0; slot < size; slot++)
      count += w->conns[i - i % size + slot].sent - w->conns[i].expected[slot];
  return count;
}

static void print_summary(struct world *w, double seconds, struct cpu_time a, struct cpu_time b) {
  double bytes = tally.deliveries ? (double)tally.delivered_bytes / (double)tally.deliveries : 0;
  printf("{\"seconds\":%.3f,\"deliveries_per_s\":%.0f,\"messages_per_s\":%.1f,", seconds,
         (double)tally.deliveries / seconds, (double)tally.acks / seconds);
  print_latency("delivery_ms", &tally.delivery_ns);
  printf(",");
  print_latency("ack_ms", &tally.ack_ns);
  printf(",\"frame_bytes\":%.1f,", bytes);
  print_cpu(a, b, seconds);
  printf(",\"sent\":%" PRIu64 ",\"unacked\":%" PRIu64 ",\"missing\":%" PRIu64 ",\"skipped\":%" PRIu64
         ",\"repeated\":%" PRIu64 ",\"stray\":%" PRIu64 ",",
         tally.all_sent, tally.all_sent - tally.all_acks, missing(w), tally.skipped, tally.repeated,
         tally.stray);
  print_failures(w);
  printf("}\n");
}

void run_traffic(struct world *w) {
  uint64_t start, number = 0;
  int timer = -1;
  w->on = (struct handlers){on_open, on_text, on_closed};
  if (!connect_everyone(w)) return print_summary(w, 1, (struct cpu_time){0}, (struct cpu_time){0});
  start = w->now = now_ns();
  tally.from = start + (uint64_t)(w->options.warmup * (double)NS_PER_S);
  tally.until = tally.from + (uint64_t)(w->options.seconds * (double)NS_PER_S);
  sending = true;
  if (w->options.rate > 0) timer = start_ticking(w);
  else fill_windows(w);
  run_until(w, tally.from, start, &number, timer);
  struct cpu_time before = cpu_time_read(w->options.server_pid);
  run_until(w, tally.until, start, &number, timer);
  struct cpu_time after = cpu_time_read(w->options.server_pid);
  sending = false;
  if (timer >= 0) close(timer);
  drain(w);
  print_summary(w, w->options.seconds, before, after);
}
