#ifndef CONFAB_BENCH_MODES_H
#define CONFAB_BENCH_MODES_H

#include "world.h"

/* Each runs one kind of load to its end and prints its summary as one line of JSON. */
void run_traffic(struct world *w);
void run_connect(struct world *w);
void run_sync(struct world *w);

/* Connects everyone; false, with the failure noted, when that did not succeed in time. */
bool connect_everyone(struct world *w);

#endif
