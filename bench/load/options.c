#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { KIND_INT, KIND_DOUBLE, KIND_TEXT, KIND_BOOL };

struct option {
  const char *name;
  enum kind kind;
  void *to;
  const char *help;
};

static struct options result = {
    .groups = 1, .group_size = 1, .senders = 1, .window = 1, .size = 200, .messages = 50,
    .warmup = 1, .seconds = 5, .drain = 5, .timeout = 120, .in_flight = 100,
};
static const char *dialect = "confab";

static const struct option table[] = {
    {"--dialect", KIND_TEXT, &dialect, "confab, raw or socketio"},
    {"--port", KIND_INT, &result.port, "of the server on 127.0.0.1"},
    {"--server-pid", KIND_INT, &result.server_pid, "process whose CPU time to report"},
    {"--tokens", KIND_TEXT, &result.tokens, "file with user n's token in line n"},
    {"--chats", KIND_TEXT, &result.chats, "file with group g's chat id in line g"},
    {"--chats-skip", KIND_INT, &result.chats_skip, "lines of that file to pass over"},
    {"--groups", KIND_INT, &result.groups, "number of groups"},
    {"--group-size", KIND_INT, &result.group_size, "connections in each"},
    {"--senders", KIND_INT, &result.senders, "of them who send"},
    {"--window", KIND_INT, &result.window, "unacknowledged messages per sender"},
    {"--until-seen", KIND_BOOL, &result.until_seen, "await every member's copy, not only the ack"},
    {"--rate", KIND_DOUBLE, &result.rate, "messages/s on a schedule; 0 = as acks come"},
    {"--size", KIND_INT, &result.size, "bytes of text per message"},
    {"--messages", KIND_INT, &result.messages, "sync: messages each client is behind"},
    {"--warmup", KIND_DOUBLE, &result.warmup, "seconds before measuring"},
    {"--seconds", KIND_DOUBLE, &result.seconds, "seconds measured"},
    {"--drain", KIND_DOUBLE, &result.drain, "seconds to wait for the last deliveries"},
    {"--timeout", KIND_DOUBLE, &result.timeout, "seconds after which to give up"},
    {"--in-flight", KIND_INT, &result.in_flight, "connects under way at once"},
    {"--rooms-per-user", KIND_INT, &result.rooms_per_user, "connect: Socket.IO rooms per connection"},
    {"--hold", KIND_BOOL, &result.hold, "connect: stay until standard input ends"},
};

static _Noreturn void usage(const char *problem) {
  fprintf(stderr, "load: %s\nusage: load traffic|connect|sync --port N [options]\n", problem);
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    fprintf(stderr, "  %-18s %s\n", table[i].name, table[i].help);
  exit(2);
}

static const struct option *find(const char *name) {
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (strcmp(table[i].name, name) == 0) return &table[i];
  usage(name);
}

static void set(const struct option *option, const char *value) {
  char *end = "";
  if (option->kind == KIND_INT) *(int *)option->to = (int)strtol(value, &end, 10);
  if (option->kind == KIND_DOUBLE) *(double *)option->to = strtod(value, &end);
  if (option->kind == KIND_TEXT) *(const char **)option->to = value;
  if (*end) usage(option->name);
}

static enum dialect_name dialect_named(const char *name) {
  if (strcmp(name, "confab") == 0) return DIALECT_CONFAB;
  if (strcmp(name, "raw") == 0) return DIALECT_RAW;
  if (strcmp(name, "socketio") == 0) return DIALECT_SOCKETIO;
  usage("unknown dialect");
}

static void check(const struct options *o) {
  if (o->port <= 0) usage("--port is missing");
  if (o->groups < 1 || o->group_size < 1 || o->window < 1 || o->in_flight < 1)
    usage("a count is below 1");
  if (o->senders < 1 || o->senders > o->group_size) usage("more senders than members");
  if (o->until_seen && o->window != 1) usage("--until-seen goes with a window of 1");
  if (o->size < 46 || o->size > 16384) usage("--size must be 46 to 16384");
  if (o->dialect == DIALECT_CONFAB && !o->tokens) usage("--tokens is missing");
}

struct options options_read(int argc, char **argv) {
  if (argc < 2) usage("which mode?");
  result.mode = argv[1];
  for (int i = 2; i < argc; i++) {
    const struct option *option = find(argv[i]);
    if (option->kind == KIND_BOOL) *(bool *)option->to = true;
    else if (++i < argc) set(option, argv[i]);
    else usage(option->name);
  }
  result.dialect = dialect_named(dialect);
  check(&result);
  return result;
}
