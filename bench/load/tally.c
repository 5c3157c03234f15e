#include "tally.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../native/clock.h"

bool tally_order(struct tally *t, struct conn *to, const struct stamp *stamp, uint32_t run) {
  if (stamp->run != run || stamp->group != to->group) {
    t->stray++;
    return false;
  }
  uint32_t *due = &to->expected[stamp->slot];
  t->all_deliveries++;
  if (stamp->counter == *due) {
    (*due)++;
    return true;
  }
  if (stamp->counter < *due) {
    t->repeated++;
    return false;
  }
  t->skipped += stamp->counter - *due;
  *due = stamp->counter + 1;
  return false;
}

static bool within(const struct tally *t, uint64_t time) {
  return time >= t->from && time < t->until;
}

/* Throughput counts what arrived in the time measured; latency what was sent in it, however late it came,
 * so that messages still under way at the end are not left out. */
void tally_delivery(struct tally *t, uint64_t now, const struct stamp *stamp, uint64_t frame_bytes) {
  if (within(t, now)) {
    t->deliveries++;
    t->delivered_bytes += frame_bytes;
  }
  if (within(t, stamp->time)) histogram_add(&t->delivery_ns, now - stamp->time);
}

void tally_ack(struct tally *t, uint64_t now, uint64_t sent_at) {
  t->all_acks++;
  if (within(t, now)) t->acks++;
  if (within(t, sent_at)) histogram_add(&t->ack_ns, now - sent_at);
}

static double cpu_of(int pid) {
  char path[64], line[1024] = "";
  unsigned long user = 0, system = 0;
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  if (!fgets(line, sizeof line, file)) line[0] = 0;
  fclose(file);
  char *past_name = strrchr(line, ')'); /* the name may hold spaces */
  if (past_name)
    sscanf(past_name + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
  return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static void read_machine(struct cpu_time *out) {
  unsigned long user = 0, nice = 0, system = 0, irq = 0, soft = 0, steal = 0;
  double tick = (double)sysconf(_SC_CLK_TCK);
  FILE *file = fopen("/proc/stat", "r");
  if (!file) return;
  if (fscanf(file, "cpu %lu %lu %lu %*u %*u %lu %lu %lu", &user, &nice, &system, &irq, &soft,
             &steal) == 6) {
    out->machine = (double)(user + nice + system + irq + soft) / tick;
    out->stolen = (double)steal / tick;
  }
  fclose(file);
}

struct cpu_time cpu_time_read(int pid) {
  struct cpu_time now = {.load = (double)clock_ns(CLOCK_PROCESS_CPUTIME_ID) / (double)NS_PER_S};
  if (pid) now.server = cpu_of(pid);
  read_machine(&now);
  return now;
}

void print_cpu(struct cpu_time before, struct cpu_time after, double seconds) {
  double load = after.load - before.load, server = after.server - before.server;
  double others = after.machine - before.machine - load - server;
  printf("\"load_cpu\":%.3f,\"server_cpu\":%.3f,\"others_cpu\":%.3f,\"stolen_cpu\":%.3f",
         load / seconds, server / seconds, others > 0 ? others / seconds : 0,
         (after.stolen - before.stolen) / seconds);
}

static double ms(uint64_t ns) { return (double)ns / (double)NS_PER_MS; }

void print_latency(const char *name, const struct histogram *h) {
  printf("\"%s\":{\"count\":%llu,\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}", name,
         (unsigned long long)h->total, ms(histogram_quantile(h, 0.5)),
         ms(histogram_quantile(h, 0.99)), ms(h->max));
}

static void print_escaped(const char *text) {
  for (; *text; text++) {
    unsigned char c = (unsigned char)*text;
    if (c == '"' || c == '\\') printf("\\%c", c);
    else if (c < 0x20 || c > 0x7e) putchar('?');
    else putchar(c);
  }
}

void print_failures(const struct world *w) {
  printf("\"failures\":%llu,\"first_failure\":\"", (unsigned long long)w->failures);
  print_escaped(w->first_failure);
  printf("\"");
}
