#include "buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint8_t *buffer_reserve(struct buffer *b, size_t more) {
  if (b->cap - b->len < more) {
    size_t cap = b->cap ? b->cap : 256;
    while (cap - b->len < more) cap *= 2;
    uint8_t *grown = realloc(b->data, cap);
    if (!grown) {
      fprintf(stderr, "out of memory\n");
      exit(1);
    }
    b->data = grown;
    b->cap = cap;
  }
  return b->data + b->len;
}

void buffer_append(struct buffer *b, const void *bytes, size_t len) {
  if (len == 0) return;
  memcpy(buffer_reserve(b, len), bytes, len);
  b->len += len;
}

void buffer_drop(struct buffer *b, size_t count) {
  b->len -= count;
  if (b->len) memmove(b->data, b->data + count, b->len);
}

void buffer_free(struct buffer *b) {
  free(b->data);
  *b = (struct buffer){0};
}
