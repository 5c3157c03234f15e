/**
 * Below the ports that systems hand out by themselves, and above those that browsers refuse: while a
 * server is away, nobody who takes just any port is given its one.
 */
const [FIRST, LAST] = [20_000, 32_000];
const TRIES = 100;

/** A port for a server that goes and comes back, which nobody has at the moment. */
export async function freePort(): Promise<number> {
  for (let tries = 1; ; tries++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    try {
      const probe = Bun.serve({ port, hostname: '127.0.0.1', fetch: () => new Response() });
      await probe.stop(true);
      return port;
    } catch (error) {
      if (tries === TRIES) throw error;
    }
  }
}
