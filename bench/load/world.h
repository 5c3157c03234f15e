#ifndef CONFAB_BENCH_WORLD_H
#define CONFAB_BENCH_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../native/buffer.h"
#include "options.h"

enum conn_state {
  CONN_IDLE,       /* not tried yet, or waiting to try again */
  CONN_CONNECTING, /* TCP */
  CONN_UPGRADING,  /* the HTTP request is out */
  CONN_GREETING,   /* WebSocket is up, the server's `ready` is not here yet */
  CONN_OPEN,
  CONN_CLOSED,
};

struct conn {
  int fd;
  unsigned index; /* also the number of the user it belongs to */
  enum conn_state state;
  bool dirty;          /* has bytes to send at the end of this turn */
  bool waits_to_write; /* the kernel's buffer was full */
  struct buffer unread, unsent;
  uint64_t started; /* when the connect began */

  unsigned group, slot;
  uint32_t sent, acked;
  unsigned awaited;   /* --until-seen: ack and copies still missing */
  uint32_t *expected; /* per slot of the group: the counter due next */

  char *resume; /* sync: `"epoch":…,"chats":{…}` as the first `ready` had them */
  uint64_t retry_at;
  bool returned, current;
};

struct world;

struct handlers {
  void (*open)(struct world *w, struct conn *c);
  void (*text)(struct world *w, struct conn *c, const char *text, size_t len);
  void (*closed)(struct world *w, struct conn *c, enum conn_state was, const char *why);
};

struct lines {
  char **at;
  unsigned count;
};

struct world {
  struct options options;
  struct handlers on;
  int epoll;
  struct conn *conns;
  unsigned count;
  unsigned next;      /* connection to try next */
  unsigned in_flight; /* connects under way */
  unsigned open;
  struct conn **dirty;
  unsigned dirty_count;
  struct lines tokens, chats;
  uint32_t run;
  char mark[11]; /* what every stamp of this run begins with */
  uint64_t now;  /* read once per turn and per read */
  uint64_t deadline;
  uint64_t random;
  uint64_t failures;
  char first_failure[256];
};

/* A cheap pseudo-random number: load needs spread, not secrets. */
uint64_t world_random(struct world *w);
/* Counts a failure and keeps the words of the first. */
void world_fail(struct world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Makes `groups * group_size` connections, unconnected. */
struct world world_new(const struct options *options);
const char *world_chat(const struct world *w, unsigned group);

#endif
