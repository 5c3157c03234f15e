import type { Section, Table } from './scenario';

const row = (cells: string[]): string => `| ${cells.join(' | ')} |`;

function table({ head, rows, words }: Table): string {
  return [
    row(head),
    row(head.map((_, i) => (i === 0 || words ? '---' : '---:'))),
    ...rows.map(row),
  ].join('\n');
}

function outcomes(sections: Section[]): string {
  const rows = sections.flatMap(({ title, outcomes: list }) =>
    list.map(({ target, measured, met }) => [title, target, measured, met ? 'met' : '**missed**']),
  );
  return table({ head: ['scenario', 'target', 'measured', ''], rows, words: true });
}

const section = ({ title, about, tables }: Section): string =>
  [`## ${title}`, about, ...tables.map(table)].join('\n\n');

export interface Run {
  command: string;
  date: string;
  rounds: number;
  facts: [string, string][];
  sections: Section[];
  problems: string[];
  /** The hand-written part. */
  notes: string;
}

export function report(run: Run): string {
  return `${[
    '# Benchmarks',
    `Made on ${run.date} by \`${run.command}\`. Everything below ran side by side on one machine, over loopback: each ` +
      'server alone on one core, the load generator alone on another, the peers taking turns in ' +
      `${run.rounds === 1 ? '1 round' : `${run.rounds} rounds`}. Figures are medians over the rounds; a ratio is the ` +
      'median of the ratios within each round. Confab ran as it is shipped, every message validated, authorised, ' +
      'committed and fsynced before its ack, with only the rate limits lifted. The C broadcaster and Socket.IO store ' +
      'nothing and check nothing.',
    '## Targets',
    outcomes(run.sections),
    ...(run.problems.length > 0
      ? ['### Not measured', ...run.problems.map((line) => `- ${line}`)]
      : []),
    '## The machine',
    table({ head: ['', ''], rows: run.facts, words: true }),
    ...run.sections.map(section),
    run.notes.trim(),
  ].join('\n\n')}\n`;
}
