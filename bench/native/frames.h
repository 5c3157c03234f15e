#ifndef CONFAB_BENCH_FRAMES_H
#define CONFAB_BENCH_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* WebSocket frames, RFC 6455 section 5. */
enum opcode { OP_CONTINUE = 0, OP_TEXT = 1, OP_BINARY = 2, OP_CLOSE = 8, OP_PING = 9, OP_PONG = 10 };

#define FRAME_HEADER_MAX 14

struct frame {
  enum opcode opcode;
  bool final;
  bool masked;
  uint8_t mask[4];
  size_t header_len;
  size_t payload_len;
};

/* True once the whole frame, header and payload, is within `have` bytes. */
bool frame_parse(const uint8_t *at, size_t have, struct frame *out);
/* Writes a header for one final frame; `mask` is NULL for frames of a server. Returns its length. */
size_t frame_write_header(uint8_t *to, enum opcode opcode, size_t payload_len, const uint8_t *mask);
/* Masks, and unmasks, in place. */
void frame_mask(uint8_t *payload, size_t len, const uint8_t mask[4]);

#endif
