#ifndef CONFAB_BENCH_BUFFER_H
#define CONFAB_BENCH_BUFFER_H

#include <stddef.h>
#include <stdint.h>

/* A growable run of bytes. Zeroed memory is a valid empty buffer. */
struct buffer {
  uint8_t *data;
  size_t len;
  size_t cap;
};

/* Makes room for `more` bytes behind the end and returns where they go. Exits when memory is out. */
uint8_t *buffer_reserve(struct buffer *b, size_t more);
void buffer_append(struct buffer *b, const void *bytes, size_t len);
/* Drops `count` bytes from the front. */
void buffer_drop(struct buffer *b, size_t count);
void buffer_free(struct buffer *b);

#endif
