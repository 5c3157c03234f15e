/* Everyone is connected, then misses --messages in their group; the server is killed and started again by
 * whoever reads our output; everyone comes back at once, asks for what was missed and checks it.
 *
 *   connect all, keep each one's revs -> senders send -> "behind" -> connections break -> retry until
 *   accepted -> sync with the old revs -> every message exactly once and in order -> summary
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../native/clock.h"
#include "connections.h"
#include "dialects.h"
#include "modes.h"
#include "tally.h"

#define RETRY_MIN_NS (50 * NS_PER_MS)
#define RETRY_SPREAD_NS (100 * NS_PER_MS)

static enum { CONNECTING, SENDING, RETURNING } phase;
static struct {
  uint64_t acks, current, refused, not_listening, wrong;
  uint64_t first_accepted;
  struct histogram sync_ns;
} storm;
static struct tally order;

/* Cuts `"key":value` out of a flat stretch of JSON, `close` being the value's last character. */
static char *cut(const char *text, size_t len, const char *key, const char *close) {
  const char *from = memmem(text, len, key, strlen(key));
  if (!from) return NULL;
  const char *value = from + strlen(key);
  size_t rest = (size_t)(text + len - value);
  size_t skip = *value == '"' ? 1 : 0;
  const char *to = memmem(value + skip, rest - skip, skip ? "\"" : close, 1);
  return to ? strndup(from, (size_t)(to + 1 - from)) : NULL;
}

/* A number would end before its comma or brace, but an epoch is a string and chats an object. */
static void remember(struct world *w, struct conn *c, const char *text, size_t len) {
  char *epoch = cut(text, len, "\"epoch\":", "\"");
  char *chats = cut(text, len, "\"chats\":", "}");
  if (!epoch || !chats || asprintf(&c->resume, "%s,%s", epoch, chats) < 0)
    world_fail(w, "user %u: cannot read %.*s", c->index, len < 200 ? (int)len : 200, text);
  free(epoch);
  free(chats);
}

static void ask_sync(struct world *w, struct conn *c) {
  char *text;
  int size = asprintf(&text, "{\"type\":\"sync\",\"request_id\":\"%016llx\",%s}",
                      (unsigned long long)w->now, c->resume);
  if (size < 0) return world_fail(w, "out of memory");
  conn_send(w, c, text, (size_t)size);
  free(text);
}

/* Where the JSON array that starts behind `from` ends; brackets within strings do not count. */
static const char *array_end(const char *from, const char *end) {
  int depth = 1;
  bool in_string = false;
  for (const char *at = from; at < end; at++) {
    if (*at == '\\') at++;
    else if (*at == '"') in_string = !in_string;
    else if (!in_string && *at == '[') depth++;
    else if (!in_string && *at == ']' && --depth == 0) return at;
  }
  return end;
}

static void check_messages(struct world *w, struct conn *c, const char *at, const char *end) {
  struct stamp stamp;
  while ((at = memmem(at, (size_t)(end - at), w->mark, STAMP_MARK_LEN))) {
    if (stamp_read(at, (size_t)(end - at), &stamp)) tally_order(&order, c, &stamp, w->run);
    at += STAMP_MARK_LEN;
  }
}

/* Looks into the arrays of messages only: a chat also shows its last message by itself. */
static void check_missed(struct world *w, struct conn *c, const char *text, size_t len) {
  static const char key[] = "\"messages\":[";
  const char *at = text, *end = text + len;
  while ((at = memmem(at, (size_t)(end - at), key, sizeof key - 1))) {
    const char *to = array_end(at + sizeof key - 1, end);
    check_messages(w, c, at, to);
    at = to;
  }
  bool right = c->expected[0] == (uint32_t)w->options.messages &&
               !memmem(text, len, "\"recovered\":false", 17);
  if (!right) {
    storm.wrong++;
    world_fail(w, "user %u: sync answered %u of %d messages: %.*s", c->index, c->expected[0],
               w->options.messages, len < 120 ? (int)len : 120, text);
  }
  c->current = true;
  storm.current++;
}

static void acked(struct world *w, struct conn *c, const struct detail *detail, const char *text,
                  size_t len) {
  if (phase == SENDING) {
    storm.acks++;
    if (c->sent < (uint32_t)w->options.messages) dialect_send(w, c, w->now);
  } else if (phase == RETURNING && !c->current) {
    histogram_add(&storm.sync_ns, w->now - detail->acked_time);
    check_missed(w, c, text, len);
  }
}

static void on_text(struct world *w, struct conn *c, const char *text, size_t len) {
  struct detail detail;
  switch (dialect_read(w, c, text, len, &detail)) {
    case EVENT_READY:
      if (phase == CONNECTING) remember(w, c, text, len);
      return;
    case EVENT_ACK:
      return acked(w, c, &detail, text, len);
    case EVENT_ERROR:
      return world_fail(w, "user %u got %.*s", c->index, len < 200 ? (int)len : 200, text);
    case EVENT_DELIVERY: /* what a client misses is exactly what this one pretends not to hear */
    case EVENT_NONE:
      return;
  }
}

static void on_open(struct world *w, struct conn *c) {
  if (phase == CONNECTING) return connections_start_more(w);
  c->returned = true;
  if (!storm.first_accepted) storm.first_accepted = w->now;
  ask_sync(w, c);
}

static void on_closed(struct world *w, struct conn *c, enum conn_state was, const char *why) {
  if (phase != RETURNING) return world_fail(w, "connection of user %u: %s", c->index, why);
  c->retry_at = now_ns() + RETRY_MIN_NS + world_random(w) % RETRY_SPREAD_NS;
  if (was == CONN_OPEN && !c->returned) return; /* its connection to the killed server */
  bool answered = strncmp(why, REFUSAL, sizeof REFUSAL - 1) == 0;
  /* Before the new server lets anyone in, a reset comes from what the killed one left listening. */
  if (answered || (was != CONN_CONNECTING && storm.first_accepted)) storm.refused++;
  else storm.not_listening++;
}

static void retry_due(struct world *w) {
  uint64_t now = now_ns();
  for (unsigned i = 0; i < w->count; i++)
    if (w->conns[i].state == CONN_CLOSED && w->conns[i].retry_at <= now) conn_start(w, &w->conns[i]);
}

static void send_what_is_missed(struct world *w) {
  uint64_t wanted = (uint64_t)w->options.groups * (uint64_t)w->options.messages;
  phase = SENDING;
  for (int g = 0; g < w->options.groups; g++)
    dialect_send(w, &w->conns[g * w->options.group_size], now_ns());
  while (storm.acks < wanted && !w->failures) {
    connections_turn(w, 100);
    if (w->now > w->deadline) world_fail(w, "timed out while sending");
  }
}

static void come_back(struct world *w) {
  phase = RETURNING;
  printf("{\"event\":\"behind\"}\n");
  fflush(stdout);
  while (storm.current < w->count && !w->failures) {
    connections_turn(w, 5);
    retry_due(w);
    if (w->now > w->deadline)
      world_fail(w, "timed out with %llu current", (unsigned long long)storm.current);
  }
}

void run_sync(struct world *w) {
  w->on = (struct handlers){on_open, on_text, on_closed};
  if (connect_everyone(w)) send_what_is_missed(w);
  if (!w->failures) come_back(w);
  printf("{\"clients\":%u,\"current\":%llu,\"refused\":%llu,\"not_listening\":%llu,\"wrong\":%llu,"
         "\"skipped\":%llu,\"repeated\":%llu,\"finished_at_ms\":%.3f,\"spread_ms\":%.3f,",
         w->count, (unsigned long long)storm.current, (unsigned long long)storm.refused,
         (unsigned long long)storm.not_listening, (unsigned long long)storm.wrong,
         (unsigned long long)order.skipped, (unsigned long long)order.repeated,
         (double)clock_ns(CLOCK_REALTIME) / (double)NS_PER_MS,
         (double)(w->now - storm.first_accepted) / (double)NS_PER_MS);
  print_latency("sync_ms", &storm.sync_ns);
  printf(",");
  print_failures(w);
  printf("}\n");
}
