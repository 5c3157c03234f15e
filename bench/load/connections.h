#ifndef CONFAB_BENCH_CONNECTIONS_H
#define CONFAB_BENCH_CONNECTIONS_H

#include "world.h"

/* What `on.closed` is told when the upgrade was answered by anything but consent; the status follows. */
#define REFUSAL "not upgraded: "

/* Begins to connect; `on.open` or `on.closed` follows. */
void conn_start(struct world *w, struct conn *c);
/* Queues one text frame; it leaves at the end of the turn. */
void conn_send(struct world *w, struct conn *c, const char *text, size_t len);
/* Closes without telling `on.closed`. */
void conn_close(struct world *w, struct conn *c);
/* Starts connections in their order while fewer than --in-flight are under way. */
void connections_start_more(struct world *w);
/* One turn of the loop: waits at most `wait_ms`, reads, dispatches, sends. */
void connections_turn(struct world *w, int wait_ms);
/* Adds a descriptor that only has to end the wait (a timer, standard input). */
void connections_watch(struct world *w, int fd);
void connections_close_all(struct world *w);

#endif
