#ifndef CONFAB_BENCH_OPTIONS_H
#define CONFAB_BENCH_OPTIONS_H

#include <stdbool.h>

enum dialect_name { DIALECT_CONFAB, DIALECT_RAW, DIALECT_SOCKETIO };

struct options {
  const char *mode; /* traffic, connect or sync */
  enum dialect_name dialect;
  int port;
  int server_pid; /* its CPU time is reported beside ours; 0 = not asked for */
  const char *tokens; /* file: line n is user n's access token */
  const char *chats;  /* file: line g is the chat of group g */
  int chats_skip;     /* lines of it to pass over first */
  int groups;
  int group_size;
  int senders;     /* per group: its first ones */
  int window;      /* messages of one sender under way, closed loop */
  bool until_seen; /* closed loop: wait for the ack and for every other member, not for the ack alone */
  double rate;     /* messages/s of all senders, open loop; 0 = closed loop */
  int size;        /* bytes of a message's text */
  int messages;    /* sync: how many each group's clients are behind */
  double warmup, seconds, drain, timeout;
  int in_flight;      /* connects under way at once */
  int rooms_per_user; /* connect: Socket.IO rooms each connection is put into */
  bool hold;          /* connect: stay connected until standard input ends */
};

/* Exits with a usage text when something is wrong. */
struct options options_read(int argc, char **argv);

#endif
