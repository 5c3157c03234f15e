#include "frames.h"

#include <string.h>

static uint64_t read_big_endian(const uint8_t *at, int bytes) {
  uint64_t value = 0;
  for (int i = 0; i < bytes; i++) value = value << 8 | at[i];
  return value;
}

bool frame_parse(const uint8_t *at, size_t have, struct frame *out) {
  if (have < 2) return false;
  uint8_t short_len = at[1] & 0x7f;
  int extra = short_len == 126 ? 2 : short_len == 127 ? 8 : 0;
  out->opcode = at[0] & 0x0f;
  out->final = at[0] & 0x80;
  out->masked = at[1] & 0x80;
  out->header_len = 2 + (size_t)extra + (out->masked ? 4 : 0);
  if (have < out->header_len) return false;
  uint64_t len = extra ? read_big_endian(at + 2, extra) : short_len;
  if (out->masked) memcpy(out->mask, at + out->header_len - 4, 4);
  out->payload_len = len;
  return have - out->header_len >= len;
}

size_t frame_write_header(uint8_t *to, enum opcode opcode, size_t payload_len, const uint8_t *mask) {
  size_t at = 2;
  uint8_t mask_bit = mask ? 0x80 : 0;
  to[0] = 0x80 | (uint8_t)opcode;
  if (payload_len < 126) {
    to[1] = mask_bit | (uint8_t)payload_len;
  } else {
    int bytes = payload_len < 65536 ? 2 : 8;
    to[1] = mask_bit | (bytes == 2 ? 126 : 127);
    for (int i = bytes - 1; i >= 0; i--) to[at++] = (uint8_t)(payload_len >> (8 * i));
  }
  if (mask) {
    memcpy(to + at, mask, 4);
    at += 4;
  }
  return at;
}

void frame_mask(uint8_t *payload, size_t len, const uint8_t mask[4]) {
  uint64_t wide;
  uint8_t twice[8];
  memcpy(twice, mask, 4);
  memcpy(twice + 4, mask, 4);
  memcpy(&wide, twice, 8);
  size_t i = 0;
  for (; i + 8 <= len; i += 8) {
    uint64_t chunk;
    memcpy(&chunk, payload + i, 8);
    chunk ^= wide;
    memcpy(payload + i, &chunk, 8);
  }
  for (; i < len; i++) payload[i] ^= mask[i & 3];
}
