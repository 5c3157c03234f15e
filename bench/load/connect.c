/* Connects everyone as fast as the server lets in, a bounded number at a time; then perhaps stays. */
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "../native/clock.h"
#include "connections.h"
#include "dialects.h"
#include "modes.h"
#include "tally.h"

static struct histogram connect_ns;

static void on_open(struct world *w, struct conn *c) {
  histogram_add(&connect_ns, w->now - c->started);
  connections_start_more(w);
}

/* Read, so that pings are answered; what is said does not matter here. */
static void on_text(struct world *w, struct conn *c, const char *text, size_t len) {
  struct detail ignored;
  dialect_read(w, c, text, len, &ignored);
}

static void on_closed(struct world *w, struct conn *c, enum conn_state was, const char *why) {
  (void)was;
  world_fail(w, "connection of user %u: %s", c->index, why);
}

static void hold(struct world *w) {
  char byte;
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  connections_watch(w, STDIN_FILENO);
  while (w->now < w->deadline && !w->failures) {
    connections_turn(w, 100);
    if (poll(&input, 1, 0) > 0 && read(STDIN_FILENO, &byte, 1) <= 0) return;
  }
}

void run_connect(struct world *w) {
  w->on = (struct handlers){on_open, on_text, on_closed};
  struct cpu_time before = cpu_time_read(w->options.server_pid);
  uint64_t start = now_ns();
  connect_everyone(w);
  double seconds = (double)(w->now - start) / (double)NS_PER_S;
  struct cpu_time after = cpu_time_read(w->options.server_pid);
  printf("{\"seconds\":%.3f,\"connected\":%u,\"connects_per_s\":%.1f,", seconds, w->open,
         w->open / seconds);
  print_latency("connect_ms", &connect_ns);
  printf(",");
  print_cpu(before, after, seconds);
  printf(",");
  print_failures(w);
  printf("}\n");
  fflush(stdout);
  if (w->options.hold) hold(w);
  if (w->options.hold && w->failures) fprintf(stderr, "load: %s\n", w->first_failure);
}
