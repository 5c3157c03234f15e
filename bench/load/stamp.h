#ifndef CONFAB_BENCH_STAMP_H
#define CONFAB_BENCH_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What each message's text begins with, in hexadecimal of fixed width, so that a receiver finds it by one
 * search and needs to know no more of the frame around it:
 *
 *     #c run:8 group:8 slot:4 counter:8 time:16
 */
struct stamp {
  uint32_t run;     /* of this load process; older messages differ */
  uint32_t group;
  uint16_t slot;    /* the sender's place in the group */
  uint32_t counter; /* that sender's messages, from 0 */
  uint64_t time;    /* when it was sent, or was due to be sent: monotonic ns */
};

#define STAMP_LEN 46
#define STAMP_MARK_LEN 10 /* "#c" and the run */

void hex_write(char *to, uint64_t value, int digits);
/* False when one of them is no lower-case hexadecimal digit. */
bool hex_read(const char *at, int digits, uint64_t *out);
void stamp_write(char *to, const struct stamp *stamp);
bool stamp_read(const char *at, size_t have, struct stamp *out);

#endif
