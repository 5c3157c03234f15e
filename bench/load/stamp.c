#include "stamp.h"

void hex_write(char *to, uint64_t value, int digits) {
  for (int i = digits - 1; i >= 0; i--, value >>= 4) to[i] = "0123456789abcdef"[value & 15];
}

bool hex_read(const char *at, int digits, uint64_t *out) {
  uint64_t value = 0;
  for (int i = 0; i < digits; i++) {
    unsigned char c = (unsigned char)at[i];
    if (c >= '0' && c <= '9') value = value << 4 | (c - '0');
    else if (c >= 'a' && c <= 'f') value = value << 4 | (c - 'a' + 10u);
    else return false;
  }
  *out = value;
  return true;
}

void stamp_write(char *to, const struct stamp *stamp) {
  to[0] = '#';
  to[1] = 'c';
  hex_write(to + 2, stamp->run, 8);
  hex_write(to + 10, stamp->group, 8);
  hex_write(to + 18, stamp->slot, 4);
  hex_write(to + 22, stamp->counter, 8);
  hex_write(to + 30, stamp->time, 16);
}

bool stamp_read(const char *at, size_t have, struct stamp *out) {
  uint64_t run, group, slot, counter;
  if (have < STAMP_LEN || at[0] != '#' || at[1] != 'c') return false;
  if (!hex_read(at + 2, 8, &run) || !hex_read(at + 10, 8, &group) || !hex_read(at + 18, 4, &slot) ||
      !hex_read(at + 22, 8, &counter) || !hex_read(at + 30, 16, &out->time))
    return false;
  out->run = (uint32_t)run;
  out->group = (uint32_t)group;
  out->slot = (uint16_t)slot;
  out->counter = (uint32_t)counter;
  return true;
}
