import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Incoming } from '../receiving/incoming';
import { TusFinisher } from './finisher';

const ID = `1-5-${'0'.repeat(32)}`;

test('an upload that its sender ended just before it was whole is none', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'finisher-'));
  const incoming = new Incoming(directory);
  await incoming.prepare();
  const unused = () => Promise.reject(new Error('There is nothing to take'));
  const finisher = new TusFinisher({
    incoming,
    uploads: { take: unused, goOn: unused, target: unused },
    media: { ofUpload: async () => undefined },
  });
  const finishing = finisher.finish({ id: ID, size: 5, metadata: {} });
  await expect(finishing).rejects.toMatchObject({ code: 'not_found' });
  rmSync(directory, { recursive: true });
});
