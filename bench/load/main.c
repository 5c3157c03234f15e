/* The load generator: one thread, one epoll loop, no more JSON than it needs. Its summary is one line of
 * JSON on standard output. See options.c for what it can be asked. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "connections.h"
#include "modes.h"

static void raise_file_limit(void) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

int main(int argc, char **argv) {
  struct options options = options_read(argc, argv);
  signal(SIGPIPE, SIG_IGN);
  raise_file_limit();
  struct world world = world_new(&options);
  if (strcmp(options.mode, "traffic") == 0) run_traffic(&world);
  else if (strcmp(options.mode, "connect") == 0) run_connect(&world);
  else if (strcmp(options.mode, "sync") == 0) run_sync(&world);
  else fprintf(stderr, "load: unknown mode %s\n", options.mode);
  connections_close_all(&world);
  return 0; /* failures are in the summary */
}
