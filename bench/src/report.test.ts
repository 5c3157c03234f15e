import { expect, test } from 'bun:test';
import { report } from './report';
import { atLeast, atMost } from './scenario';

test('the report lists targets met and missed, every table and what was not measured', () => {
  const text = report({
    command: 'npm run bench',
    date: '2030-01-02',
    rounds: 5,
    facts: [['processor', 'a fast one']],
    sections: [
      {
        title: 'Room storm',
        about: 'What was done.',
        tables: [{ head: ['', 'deliveries/s'], rows: [['Confab', '1,000']] }],
        outcomes: [atLeast('≥ 2 × a peer', 2.5, 2), atMost('p99 ≤ 3 ms', 4, 3, ' ms')],
      },
    ],
    problems: ['sync: it failed'],
    notes: '## Reading the numbers\n',
  });
  expect(text).toContain('| Room storm | ≥ 2 × a peer | 2.5 | met |');
  expect(text).toContain('| Room storm | p99 ≤ 3 ms | 4 ms | **missed** |');
  expect(text).toContain('| Confab | 1,000 |');
  expect(text).toContain('- sync: it failed');
  expect(text).toContain('## Reading the numbers');
});
