#define _GNU_SOURCE
#include "dialects.h"

#include <stdio.h>
#include <string.h>

#include "connections.h"

#define CONTENT_MAX 16384
#define SENTENCE "people write to each other about lunch, code and the weather; "

static bool starts(const char *text, size_t len, const char *with) {
  size_t size = strlen(with);
  return len >= size && memcmp(text, with, size) == 0;
}

void dialect_target(const struct world *w, const struct conn *c, char *to, size_t cap) {
  switch (w->options.dialect) {
    case DIALECT_CONFAB:
      snprintf(to, cap, "/ws/%s", w->tokens.at[c->index]);
      return;
    case DIALECT_RAW:
      snprintf(to, cap, "/");
      return;
    case DIALECT_SOCKETIO:
      snprintf(to, cap, "/socket.io/?EIO=4&transport=websocket");
  }
}

enum event dialect_upgraded(const struct world *w) {
  return w->options.dialect == DIALECT_RAW ? EVENT_READY : EVENT_NONE;
}

/* All frames of a kind are laid out alike, so the stamp is mostly where it was in the last one. */
static enum event read_delivery(const struct world *w, const char *text, size_t len,
                                struct detail *out) {
  static size_t last_at;
  const char *at = text + last_at;
  if (last_at + STAMP_LEN > len || memcmp(at, w->mark, STAMP_MARK_LEN) != 0) {
    at = memmem(text, len, w->mark, STAMP_MARK_LEN);
    if (!at) return EVENT_NONE;
    last_at = (size_t)(at - text);
  }
  return stamp_read(at, len - (size_t)(at - text), &out->stamp) ? EVENT_DELIVERY : EVENT_ERROR;
}

/* The time a message was sent is its request_id, so that its ack needs no looking up. */
static enum event read_confab_ack(const char *text, size_t len, struct detail *out) {
  static const char key[] = "\"request_id\":\"";
  const char *at = memmem(text, len, key, sizeof key - 1);
  if (!at || (size_t)(text + len - at) < sizeof key - 1 + 16) return EVENT_ERROR;
  return hex_read(at + sizeof key - 1, 16, &out->acked_time) ? EVENT_ACK : EVENT_ERROR;
}

static enum event read_confab(const struct world *w, const char *text, size_t len,
                              struct detail *out) {
  if (starts(text, len, "{\"type\":\"new_message\"")) return read_delivery(w, text, len, out);
  if (starts(text, len, "{\"type\":\"ack\"")) return read_confab_ack(text, len, out);
  if (starts(text, len, "{\"type\":\"ready\"")) return EVENT_READY;
  if (starts(text, len, "{\"type\":\"error\"")) return EVENT_ERROR;
  return EVENT_NONE;
}

static void socketio_join(struct world *w, struct conn *c) {
  char text[2048];
  unsigned each = (unsigned)w->options.rooms_per_user;
  size_t at = (size_t)snprintf(text, sizeof text, "40{\"rooms\":[");
  if (!each) at += (size_t)snprintf(text + at, sizeof text - at, "\"g%u\"", c->group);
  for (unsigned i = 0; i < each && at < sizeof text - 64; i++)
    at += (size_t)snprintf(text + at, sizeof text - at, "%s\"r%u-%u\"", i ? "," : "", i, c->index / 10);
  at += (size_t)snprintf(text + at, sizeof text - at, "]}");
  conn_send(w, c, text, at);
}

static enum event read_socketio_ack(const char *text, size_t len, struct detail *out) {
  out->acked_time = 0;
  for (size_t i = 2; i < len && text[i] >= '0' && text[i] <= '9'; i++)
    out->acked_time = out->acked_time * 10 + (uint64_t)(text[i] - '0');
  return EVENT_ACK;
}

/* Engine.IO 4 puts one digit before each packet (0 open, 2 ping, 4 message); Socket.IO 5 another behind it
 * (0 connect, 2 event, 3 ack, 4 connect error). */
static enum event read_socketio(struct world *w, struct conn *c, const char *text, size_t len,
                                struct detail *out) {
  if (starts(text, len, "42[\"message\"")) return read_delivery(w, text, len, out);
  if (starts(text, len, "43")) return read_socketio_ack(text, len, out);
  if (starts(text, len, "40")) return EVENT_READY;
  if (starts(text, len, "44")) return EVENT_ERROR;
  if (len == 1 && text[0] == '2') conn_send(w, c, "3", 1);
  if (starts(text, len, "0{")) socketio_join(w, c);
  return EVENT_NONE;
}

enum event dialect_read(struct world *w, struct conn *c, const char *text, size_t len,
                        struct detail *out) {
  switch (w->options.dialect) {
    case DIALECT_CONFAB:
      return read_confab(w, text, len, out);
    case DIALECT_RAW:
      return read_delivery(w, text, len, out);
    case DIALECT_SOCKETIO:
      return read_socketio(w, c, text, len, out);
  }
  return EVENT_ERROR;
}

static void write_content(const struct world *w, const struct conn *c, uint64_t time, char *to) {
  size_t size = (size_t)w->options.size;
  struct stamp stamp = {w->run, c->group, (uint16_t)c->slot, c->sent, time};
  stamp_write(to, &stamp);
  for (size_t i = STAMP_LEN; i < size; i++) to[i] = SENTENCE[i % (sizeof SENTENCE - 1)];
  to[size] = 0;
}

/* The uuid stands for what a client makes so that a repeat is recognised: version 4 by its shape. */
static int write_confab(struct world *w, const struct conn *c, uint64_t time, const char *content,
                        char *to, size_t cap) {
  uint64_t a = world_random(w), b = world_random(w);
  return snprintf(to, cap,
                  "{\"type\":\"send_message\",\"request_id\":\"%016llx\",\"chat_id\":%s,\"content\":\"%s\","
                  "\"client_message_id\":\"%08x-%04x-4%03x-8%03x-%012llx\"}",
                  (unsigned long long)time, world_chat(w, c->group), content, (unsigned)(a >> 32),
                  (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff), (unsigned)(b >> 52),
                  (unsigned long long)(b & 0xffffffffffff));
}

void dialect_send(struct world *w, struct conn *c, uint64_t time) {
  static char content[CONTENT_MAX + 1], text[CONTENT_MAX + 512];
  int len = 0;
  write_content(w, c, time, content);
  switch (w->options.dialect) {
    case DIALECT_CONFAB:
      len = write_confab(w, c, time, content, text, sizeof text);
      break;
    case DIALECT_RAW:
      len = snprintf(text, sizeof text, "%s", content);
      break;
    case DIALECT_SOCKETIO: /* its ack ids are any number below 2^53: again the time */
      len = snprintf(text, sizeof text, "42%llu[\"send\",{\"room\":\"g%u\",\"content\":\"%s\"}]",
                     (unsigned long long)time, c->group, content);
  }
  conn_send(w, c, text, (size_t)len);
  c->sent++;
}
