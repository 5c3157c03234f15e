/* The physical limit: what one core can deliver when a chat server does nothing but WebSocket.
 *
 * One room of all connections. Whatever text frames arrived in one turn of the loop are unmasked into
 * one batch, and each member gets the batch by one send(). No JSON, no names, no membership, no disk.
 *
 *     broadcaster <port>          listens on 127.0.0.1 until killed
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../native/buffer.h"
#include "../native/frames.h"
#include "../native/handshake.h"

#define MAX_EVENTS 1024
#define READ_SIZE (256 * 1024)
#define UNSENT_MAX (64u * 1024 * 1024)

struct member {
  int fd;
  size_t at; /* place in room.members */
  bool joined;
  bool waits_to_write;
  struct buffer unread;
  struct buffer unsent;
};

struct room {
  int epoll;
  int listener;
  struct member **members;
  size_t count, cap;
  struct buffer batch;
  struct member **doomed; /* freed after the turn, since events of the same turn may name them */
  size_t doomed_count, doomed_cap;
};

static void *must(void *memory) {
  if (!memory) {
    fprintf(stderr, "broadcaster: out of memory\n");
    exit(1);
  }
  return memory;
}

static void watch(struct room *room, int op, struct member *m, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = m};
  epoll_ctl(room->epoll, op, m->fd, &event);
}

static void drop(struct room *room, struct member *m) {
  if (m->fd < 0) return;
  close(m->fd);
  m->fd = -1;
  struct member *last = room->members[--room->count];
  room->members[m->at] = last;
  last->at = m->at;
  if (room->doomed_count == room->doomed_cap) {
    room->doomed_cap = room->doomed_cap ? room->doomed_cap * 2 : 64;
    room->doomed = must(realloc(room->doomed, room->doomed_cap * sizeof *room->doomed));
  }
  room->doomed[room->doomed_count++] = m;
}

static void free_doomed(struct room *room) {
  for (size_t i = 0; i < room->doomed_count; i++) {
    buffer_free(&room->doomed[i]->unread);
    buffer_free(&room->doomed[i]->unsent);
    free(room->doomed[i]);
  }
  room->doomed_count = 0;
}

static void accept_all(struct room *room) {
  int fd;
  while ((fd = accept4(room->listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (room->count == room->cap) {
      room->cap = room->cap ? room->cap * 2 : 1024;
      room->members = must(realloc(room->members, room->cap * sizeof *room->members));
    }
    struct member *m = must(calloc(1, sizeof *m));
    m->fd = fd;
    m->at = room->count;
    room->members[room->count++] = m;
    watch(room, EPOLL_CTL_ADD, m, EPOLLIN);
  }
}

/* Sends what is left over from before and then `len` bytes, in one call; keeps what did not fit. */
static void send_to(struct room *room, struct member *m, const void *bytes, size_t len) {
  struct iovec parts[2] = {{m->unsent.data, m->unsent.len}, {(void *)bytes, len}};
  ssize_t sent = m->unsent.len ? writev(m->fd, parts, 2) : send(m->fd, bytes, len, MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) return drop(room, m);
  size_t done = sent > 0 ? (size_t)sent : 0;
  size_t from_unsent = done < m->unsent.len ? done : m->unsent.len;
  if (from_unsent) buffer_drop(&m->unsent, from_unsent);
  buffer_append(&m->unsent, (const uint8_t *)bytes + (done - from_unsent), len - (done - from_unsent));
  if (m->unsent.len > UNSENT_MAX) return drop(room, m);
  bool waits = m->unsent.len > 0;
  if (waits != m->waits_to_write) {
    watch(room, EPOLL_CTL_MOD, m, EPOLLIN | (waits ? EPOLLOUT : 0));
    m->waits_to_write = waits;
  }
}

static void flush_batch(struct room *room) {
  if (room->batch.len == 0) return;
  for (size_t i = 0; i < room->count;) {
    struct member *m = room->members[i];
    if (m->joined) send_to(room, m, room->batch.data, room->batch.len);
    if (m->fd >= 0) i++; /* else it was dropped, and the last member has moved here */
  }
  room->batch.len = 0;
}

/* Answers the upgrade when it is complete; returns the bytes it took, 0 when more are needed. */
static size_t join(struct room *room, struct member *m) {
  static const char name[] = "Sec-WebSocket-Key:";
  char *text = (char *)m->unread.data;
  char *end = memmem(text, m->unread.len, "\r\n\r\n", 4);
  if (!end) return 0;
  size_t len = (size_t)(end - text) + 4;
  char *key = memmem(text, len, name, sizeof name - 1);
  if (!key) {
    drop(room, m);
    return 0;
  }
  key += sizeof name - 1;
  key += strspn(key, " ");
  char accept[ACCEPT_LEN + 1], answer[256];
  handshake_accept(key, strcspn(key, "\r "), accept);
  int size = snprintf(answer, sizeof answer,
                      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                      "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                      accept);
  m->joined = true;
  send_to(room, m, answer, (size_t)size);
  return len;
}

static void take_frame(struct room *room, struct member *m, const struct frame *f, uint8_t *payload) {
  uint8_t header[FRAME_HEADER_MAX];
  if (f->masked) frame_mask(payload, f->payload_len, f->mask);
  if (f->opcode == OP_CLOSE || !f->final) return drop(room, m);
  if (f->opcode == OP_TEXT) {
    buffer_append(&room->batch, header, frame_write_header(header, OP_TEXT, f->payload_len, NULL));
    buffer_append(&room->batch, payload, f->payload_len);
  } else if (f->opcode == OP_PING) {
    size_t size = frame_write_header(header, OP_PONG, f->payload_len, NULL);
    send_to(room, m, header, size);
    if (m->fd >= 0) send_to(room, m, payload, f->payload_len);
  }
}

static void take_bytes(struct room *room, struct member *m) {
  size_t at = 0;
  struct frame f;
  if (!m->joined) at = join(room, m);
  while (m->fd >= 0 && m->joined && frame_parse(m->unread.data + at, m->unread.len - at, &f)) {
    take_frame(room, m, &f, m->unread.data + at + f.header_len);
    at += f.header_len + f.payload_len;
  }
  if (m->fd >= 0 && at) buffer_drop(&m->unread, at);
}

static void read_from(struct room *room, struct member *m) {
  static uint8_t bytes[READ_SIZE];
  ssize_t got = recv(m->fd, bytes, sizeof bytes, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return drop(room, m);
  buffer_append(&m->unread, bytes, (size_t)got);
  take_bytes(room, m);
}

static void run(struct room *room) {
  static struct epoll_event events[MAX_EVENTS];
  for (;;) {
    int count = epoll_wait(room->epoll, events, MAX_EVENTS, -1);
    for (int i = 0; i < count; i++) {
      struct member *m = events[i].data.ptr;
      if (!m) {
        accept_all(room);
        continue;
      }
      if (m->fd >= 0 && events[i].events & EPOLLOUT) send_to(room, m, NULL, 0);
      if (m->fd >= 0 && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_from(room, m);
    }
    flush_batch(room);
    free_doomed(room);
  }
}

static void listen_on(struct room *room, int port) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  int on = 1;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  room->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(room->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(room->listener, (struct sockaddr *)&at, sizeof at) || listen(room->listener, 4096)) {
    perror("broadcaster: listen");
    exit(1);
  }
  room->epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN};
  epoll_ctl(room->epoll, EPOLL_CTL_ADD, room->listener, &event);
}

int main(int argc, char **argv) {
  struct room room = {0};
  struct rlimit files;
  if (argc != 2) {
    fprintf(stderr, "usage: broadcaster <port>\n");
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  listen_on(&room, atoi(argv[1]));
  printf("listening\n");
  fflush(stdout);
  run(&room);
}
