/** How long something takes, at best of some times: a busy machine may halt any one of them. */
export function leastMs(run: () => void): number {
  const times = Array.from({ length: 5 }, () => {
    const began = performance.now();
    run();
    return performance.now() - began;
  });
  return Math.min(...times);
}
