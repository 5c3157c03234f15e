#ifndef CONFAB_BENCH_HANDSHAKE_H
#define CONFAB_BENCH_HANDSHAKE_H

#include <stddef.h>

#define ACCEPT_LEN 28

/* Sec-WebSocket-Accept for a client's key (RFC 6455, 4.2.2), NUL-terminated into `out`. */
void handshake_accept(const char *key, size_t key_len, char out[ACCEPT_LEN + 1]);

#endif
