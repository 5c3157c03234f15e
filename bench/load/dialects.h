#ifndef CONFAB_BENCH_DIALECTS_H
#define CONFAB_BENCH_DIALECTS_H

#include "stamp.h"
#include "world.h"

/* The three ways of saying the same over WebSocket. */

enum event { EVENT_NONE, EVENT_READY, EVENT_DELIVERY, EVENT_ACK, EVENT_ERROR };

struct detail {
  struct stamp stamp;  /* of a delivery */
  uint64_t acked_time; /* of an ack: the time its message's stamp bore */
};

/* The request target to upgrade at. */
void dialect_target(const struct world *w, const struct conn *c, char *to, size_t cap);
/* What there is to do once WebSocket is up. */
enum event dialect_upgraded(const struct world *w);
/* Understands one text frame; answers the protocol's own pings and greetings itself. */
enum event dialect_read(struct world *w, struct conn *c, const char *text, size_t len,
                        struct detail *out);
/* Sends the connection's next message, stamped as of `time`. */
void dialect_send(struct world *w, struct conn *c, uint64_t time);

#endif
