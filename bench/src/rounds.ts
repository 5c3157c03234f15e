import { note } from './bench';

/**
 * Measures the peers in turn, round after round, so that whatever changes on the machine meanwhile meets all of
 * them. Returns each one's results by round.
 */
export async function interleave<Name extends string, Result>(
  rounds: number,
  names: readonly Name[],
  measure: (name: Name) => Promise<Result>,
): Promise<Record<Name, Result[]>> {
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    Result[]
  >;
  for (let round = 1; round <= rounds; round++) {
    for (const name of names) {
      note(`  round ${round}/${rounds}: ${name}`);
      results[name].push(await measure(name));
    }
  }
  return results;
}
