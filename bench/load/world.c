#define _GNU_SOURCE
#include "world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "../native/clock.h"

uint64_t world_random(struct world *w) {
  w->random ^= w->random << 13;
  w->random ^= w->random >> 7;
  w->random ^= w->random << 17;
  return w->random;
}

void world_fail(struct world *w, const char *format, ...) {
  va_list arguments;
  if (w->failures++) return;
  va_start(arguments, format);
  vsnprintf(w->first_failure, sizeof w->first_failure, format, arguments);
  va_end(arguments);
}

static void *must(void *memory) {
  if (!memory) {
    fprintf(stderr, "load: out of memory\n");
    exit(1);
  }
  return memory;
}

static struct lines read_lines(const char *path) {
  struct lines lines = {0};
  char *line = NULL;
  size_t cap = 0, room = 0;
  ssize_t len;
  FILE *file = path ? fopen(path, "r") : NULL;
  if (path && !file) {
    perror(path);
    exit(1);
  }
  while (file && (len = getline(&line, &cap, file)) > 0) {
    line[strcspn(line, "\r\n")] = 0;
    if (lines.count == room) {
      room = room ? room * 2 : 1024;
      lines.at = must(realloc(lines.at, room * sizeof *lines.at));
    }
    lines.at[lines.count++] = must(strdup(line));
  }
  free(line);
  if (file) fclose(file);
  return lines;
}

static void require(bool enough, const char *what) {
  if (enough) return;
  fprintf(stderr, "load: too few lines in the file of %s\n", what);
  exit(1);
}

struct world world_new(const struct options *options) {
  struct world w = {.options = *options};
  w.now = now_ns();
  w.deadline = w.now + (uint64_t)(options->timeout * (double)NS_PER_S);
  w.random = (w.now ^ (uint64_t)getpid() << 40) | 1;
  w.run = (uint32_t)(world_random(&w) >> 16);
  snprintf(w.mark, sizeof w.mark, "#c%08x", w.run);
  w.epoll = epoll_create1(0);
  w.count = (unsigned)(options->groups * options->group_size);
  w.conns = must(calloc(w.count, sizeof *w.conns));
  w.dirty = must(calloc(w.count, sizeof *w.dirty));
  w.tokens = read_lines(options->tokens);
  w.chats = read_lines(options->chats);
  if (options->tokens) require(w.tokens.count >= w.count, "tokens");
  if (options->chats)
    require(w.chats.count >= (unsigned)(options->chats_skip + options->groups), "chats");
  for (unsigned i = 0; i < w.count; i++) {
    struct conn *c = &w.conns[i];
    *c = (struct conn){.fd = -1, .index = i};
    c->group = i / (unsigned)options->group_size;
    c->slot = i % (unsigned)options->group_size;
    c->expected = must(calloc((size_t)options->group_size, sizeof *c->expected));
  }
  return w;
}

const char *world_chat(const struct world *w, unsigned group) {
  return w->chats.count ? w->chats.at[group + (unsigned)w->options.chats_skip] : "0";
}
