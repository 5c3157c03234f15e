import { describe, expect, test } from 'bun:test';
import { tally, tallyOf, verdict } from './report';

describe('the tally of a report', () => {
  test('counts what passed, failed and was skipped', () => {
    const xml = '<testsuites name="bun test" tests="10" assertions="9" failures="2" skipped="1">';
    expect(tally(xml)).toEqual({ passed: 7, failed: 2, skipped: 1 });
  });

  test('takes a broken or missing report for a failure', () => {
    expect(tally('')).toMatchObject({ failed: 1 });
    expect(tallyOf('/no/such/report.xml')).toMatchObject({ failed: 1 });
  });
});

describe('a run', () => {
  const good = { passed: 3, failed: 0, skipped: 0 };

  test('is good when something passed and nothing failed', () => {
    expect(verdict(good, 0)).toBeUndefined();
    expect(verdict({ ...good, skipped: 1 }, 0)).toBeUndefined();
  });

  test.each([
    [{ ...good, failed: 1 }, 1, 'Tests failed.'],
    [good, 132, 'ended with 132'],
    [{ passed: 0, failed: 0, skipped: 0 }, 0, 'No test ran.'],
  ] as const)('of %j that ended with %d is not: %s', (counted, code, why) => {
    expect(verdict(counted, code)).toContain(why);
  });
});
