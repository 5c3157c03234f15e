#define _GNU_SOURCE
#include "connections.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../native/clock.h"
#include "../native/frames.h"
#include "dialects.h"

#define MAX_EVENTS 1024
#define READ_SIZE (256 * 1024)
#define SOURCES 16

/* RFC 6455's own example, whose answer is known without computing it. */
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

static void ended(struct world *w, struct conn *c, const char *why) {
  enum conn_state was = c->state;
  conn_close(w, c);
  w->on.closed(w, c, was, why);
}

static struct sockaddr_in loopback(unsigned last_byte, int port) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + last_byte);
  return at;
}

/* Several source addresses, because one has only some 28,000 ports and a closed one rests a minute.
 * Without quick ACKs, because over loopback an ACK for every read would be half of this process's work. */
static int open_socket(unsigned index) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int on = 1, off = 0;
  struct sockaddr_in from = loopback(2 + index % SOURCES, 0);
  if (fd < 0) return -1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof off);
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  bind(fd, (struct sockaddr *)&from, sizeof from);
  return fd;
}

void conn_start(struct world *w, struct conn *c) {
  struct sockaddr_in to = loopback(1, w->options.port);
  w->in_flight++;
  c->state = CONN_CONNECTING;
  c->started = now_ns();
  c->fd = open_socket(c->index);
  if (c->fd < 0) return ended(w, c, strerror(errno));
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = c};
  if (connect(c->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS)
    return ended(w, c, strerror(errno));
  epoll_ctl(w->epoll, EPOLL_CTL_ADD, c->fd, &event);
  c->waits_to_write = true;
}

void conn_close(struct world *w, struct conn *c) {
  if (c->fd >= 0) close(c->fd);
  if (c->state == CONN_OPEN) w->open--;
  else if (c->state != CONN_IDLE && c->state != CONN_CLOSED) w->in_flight--;
  c->fd = -1;
  c->state = CONN_CLOSED;
  c->waits_to_write = false;
  buffer_free(&c->unread);
  buffer_free(&c->unsent);
}

static void mark_dirty(struct world *w, struct conn *c) {
  if (c->dirty) return;
  c->dirty = true;
  w->dirty[w->dirty_count++] = c;
}

static void queue_frame(struct world *w, struct conn *c, enum opcode opcode, const void *bytes,
                        size_t len) {
  uint32_t random = (uint32_t)world_random(w);
  uint8_t mask[4];
  memcpy(mask, &random, sizeof mask);
  uint8_t *to = buffer_reserve(&c->unsent, FRAME_HEADER_MAX + len);
  size_t header = frame_write_header(to, opcode, len, mask);
  memcpy(to + header, bytes, len);
  frame_mask(to + header, len, mask);
  c->unsent.len += header + len;
  mark_dirty(w, c);
}

void conn_send(struct world *w, struct conn *c, const char *text, size_t len) {
  queue_frame(w, c, OP_TEXT, text, len);
}

static void flush(struct world *w, struct conn *c) {
  if (c->fd < 0 || c->unsent.len == 0) return;
  ssize_t sent = send(c->fd, c->unsent.data, c->unsent.len, MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) return ended(w, c, strerror(errno));
  if (sent > 0) buffer_drop(&c->unsent, (size_t)sent);
  bool waits = c->unsent.len > 0;
  if (waits == c->waits_to_write) return;
  struct epoll_event event = {.events = EPOLLIN | (waits ? EPOLLOUT : 0u), .data.ptr = c};
  epoll_ctl(w->epoll, EPOLL_CTL_MOD, c->fd, &event);
  c->waits_to_write = waits;
}

static void flush_dirty(struct world *w) {
  for (unsigned i = 0; i < w->dirty_count; i++) {
    w->dirty[i]->dirty = false;
    flush(w, w->dirty[i]);
  }
  w->dirty_count = 0;
}

static void ask_upgrade(struct world *w, struct conn *c) {
  char target[2048], request[3072];
  dialect_target(w, c, target, sizeof target);
  int size = snprintf(request, sizeof request,
                      "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
                      "Connection: Upgrade\r\nSec-WebSocket-Key: " KEY
                      "\r\nSec-WebSocket-Version: 13\r\n\r\n",
                      target, w->options.port);
  c->state = CONN_UPGRADING;
  buffer_append(&c->unsent, request, (size_t)size);
  flush(w, c);
}

static void opened(struct world *w, struct conn *c, const char *text, size_t len) {
  c->state = CONN_OPEN;
  w->in_flight--;
  w->open++;
  w->on.open(w, c);
  if (text) w->on.text(w, c, text, len);
}

/* Returns the bytes the answer to the upgrade took, 0 when it is not complete or was a refusal. */
static size_t take_upgrade(struct world *w, struct conn *c, const uint8_t *bytes, size_t len) {
  const char *text = (const char *)bytes;
  const char *end = memmem(text, len, "\r\n\r\n", 4);
  if (!end) return 0;
  size_t size = (size_t)(end - text) + 4;
  if (memcmp(text, "HTTP/1.1 101", 12) != 0 || !memmem(text, size, ACCEPT, sizeof ACCEPT - 1)) {
    char status[64];
    snprintf(status, sizeof status, REFUSAL "%.40s", text);
    ended(w, c, status);
    return 0;
  }
  c->state = CONN_GREETING;
  if (dialect_upgraded(w) == EVENT_READY) opened(w, c, NULL, 0);
  return size;
}

static void take_text(struct world *w, struct conn *c, const char *text, size_t len) {
  struct detail ignored;
  if (c->state == CONN_OPEN) return w->on.text(w, c, text, len);
  if (dialect_read(w, c, text, len, &ignored) == EVENT_READY) opened(w, c, text, len);
}

static void take_close(struct world *w, struct conn *c, const uint8_t *payload, size_t len) {
  char why[64];
  snprintf(why, sizeof why, "closed with %d", len >= 2 ? payload[0] << 8 | payload[1] : 1005);
  ended(w, c, why);
}

static void take_frame(struct world *w, struct conn *c, const struct frame *f, const uint8_t *payload) {
  if (f->masked || !f->final) return ended(w, c, "sent a masked or fragmented frame");
  if (f->opcode == OP_TEXT) take_text(w, c, (const char *)payload, f->payload_len);
  else if (f->opcode == OP_PING) queue_frame(w, c, OP_PONG, payload, f->payload_len);
  else if (f->opcode == OP_CLOSE) take_close(w, c, payload, f->payload_len);
}

/* Returns how many of the bytes are dealt with. */
static size_t take_bytes(struct world *w, struct conn *c, const uint8_t *bytes, size_t len) {
  size_t at = 0;
  struct frame f;
  if (c->state == CONN_UPGRADING) at = take_upgrade(w, c, bytes, len);
  if (c->state == CONN_UPGRADING) return 0;
  while (c->fd >= 0 && frame_parse(bytes + at, len - at, &f)) {
    take_frame(w, c, &f, bytes + at + f.header_len);
    at += f.header_len + f.payload_len;
  }
  return at;
}

/* Most reads end with a whole frame and are parsed where they are; only a rest is copied. */
static void read_from(struct world *w, struct conn *c) {
  static uint8_t bytes[READ_SIZE];
  ssize_t got = recv(c->fd, bytes, sizeof bytes, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return ended(w, c, got ? strerror(errno) : "closed without a close frame");
  w->now = now_ns();
  if (c->unread.len == 0) {
    size_t taken = take_bytes(w, c, bytes, (size_t)got);
    if (c->fd >= 0) buffer_append(&c->unread, bytes + taken, (size_t)got - taken);
    return;
  }
  buffer_append(&c->unread, bytes, (size_t)got);
  size_t taken = take_bytes(w, c, c->unread.data, c->unread.len);
  if (c->fd >= 0 && taken) buffer_drop(&c->unread, taken);
}

static void writable(struct world *w, struct conn *c) {
  if (c->state != CONN_CONNECTING) return flush(w, c);
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error) return ended(w, c, strerror(error));
  ask_upgrade(w, c);
}

void connections_turn(struct world *w, int wait_ms) {
  static struct epoll_event events[MAX_EVENTS];
  int count = epoll_wait(w->epoll, events, MAX_EVENTS, wait_ms);
  w->now = now_ns();
  for (int i = 0; i < count; i++) {
    struct conn *c = events[i].data.ptr;
    if (!c) continue;
    if (c->fd >= 0 && events[i].events & (EPOLLOUT | EPOLLERR)) writable(w, c);
    if (c->fd >= 0 && events[i].events & (EPOLLIN | EPOLLHUP)) read_from(w, c);
  }
  flush_dirty(w);
}

void connections_start_more(struct world *w) {
  while (w->next < w->count && w->in_flight < (unsigned)w->options.in_flight)
    conn_start(w, &w->conns[w->next++]);
}

void connections_watch(struct world *w, int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &event);
}

void connections_close_all(struct world *w) {
  for (unsigned i = 0; i < w->count; i++)
    if (w->conns[i].fd >= 0) conn_close(w, &w->conns[i]);
}
