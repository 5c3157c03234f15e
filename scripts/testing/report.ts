import { existsSync, readFileSync } from 'node:fs';

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** Counts the tests of a JUnit report; a run that left none has failed. */
export function tallyOf(report: string): Tally {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  return tally(readFileSync(report, 'utf8'));
}

export function tally(xml: string): Tally {
  const totals = /<testsuites[^>]*>/.exec(xml)?.[0];
  if (!totals) return { passed: 0, failed: 1, skipped: 0 };
  const number = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(totals)?.[1] ?? 0);
  const failed = number('failures') + number('errors');
  const skipped = number('skipped');
  return { passed: number('tests') - failed - skipped, failed, skipped };
}

/** What a run comes to: why it is no success, if it is none. */
export function verdict(tally: Tally, exitCode: number): string | undefined {
  if (tally.failed > 0) return 'Tests failed.';
  if (exitCode !== 0) return `The test runner ended with ${exitCode}.`;
  if (tally.passed === 0) return 'No test ran.';
  return undefined;
}
