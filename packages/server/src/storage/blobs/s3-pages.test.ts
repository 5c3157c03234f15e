import { expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../lib/clock';
import { anyKey, listed } from '../../testing/blob-contract';
import { locationAt } from '../../testing/s3-server';
import { S3Blobs, s3Client } from './s3-blobs';

const PAGE = 3;

/** Lists as S3 does; s3rver breaks when there is more than a page. */
function listing(names: readonly string[], query: URLSearchParams): Response {
  const after = query.get('start-after') ?? '';
  const fitting = names.filter((name) => name.startsWith(query.get('prefix') ?? ''));
  const rest = fitting.toSorted().filter((name) => name > after);
  const contents = rest
    .slice(0, PAGE)
    .map(
      (name) =>
        `<Contents><Key>${name}</Key><Size>1</Size><LastModified>2026-11-26T00:00:00.000Z</LastModified></Contents>`,
    );
  const truncated = `<IsTruncated>${rest.length > PAGE}</IsTruncated>`;
  return new Response(
    `<?xml version="1.0"?><ListBucketResult>${truncated}${contents.join('')}</ListBucketResult>`,
    { headers: { 'content-type': 'application/xml' } },
  );
}

test.each([0, PAGE, PAGE + 1, 10])(
  'a bucket with %i files is listed once through, without what is not ours',
  async (count) => {
    const keys = Array.from({ length: count }, () => anyKey('thumbnails')).map(String);
    const names = [...keys, 'thumbnails/0', 'thumbnails/zz/readme.txt', 'others/x'];
    const server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: ({ url }) => listing(names, new URL(url).searchParams),
    });
    const client = s3Client(locationAt(server.url.origin));
    const deps = { incoming: '', clock: systemClock, randomId: randomUUID, onError: () => {} };
    const found = await listed(new S3Blobs({ client, ...deps }));
    expect(found.map(({ key }) => String(key))).toEqual(keys.sort());
    expect(found.every(({ modifiedAt }) => modifiedAt === Date.UTC(2026, 10, 26))).toBe(true);
    await server.stop(true);
  },
);

const REFUSAL =
  '<?xml version="1.0"?><Error><Code>InternalError</Code><Message>Again</Message></Error>';

/** A store that refuses so many lists before it gives one. */
async function listedAfter(refusals: number): Promise<{ found: string[]; told: unknown[] }> {
  const key = String(anyKey('media'));
  let asked = 0;
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: ({ url }) =>
      asked++ < refusals
        ? new Response(REFUSAL, { status: 500, headers: { 'content-type': 'application/xml' } })
        : listing([key], new URL(url).searchParams),
  });
  const told: unknown[] = [];
  // Without the pauses between tries; how long an answer may take stays as it is.
  const clock = {
    after: (ms: number, run: () => void) => systemClock.after(ms < 1_000 ? 0 : ms, run),
  };
  const client = s3Client(locationAt(server.url.origin));
  const onError = (error: unknown) => void told.push(error);
  try {
    const store = new S3Blobs({ client, incoming: '', clock, randomId: randomUUID, onError });
    const found = await listed(store);
    return { found: found.map((one) => (String(one.key) === key ? 'it' : 'another')), told };
  } finally {
    await server.stop(true);
  }
}

test('a page that the store could not give is asked for again', async () => {
  const { found, told } = await listedAfter(2);
  expect(found).toEqual(['it']);
  expect(told).toHaveLength(2);
});

test('a store that gives no list is not asked for ever', async () => {
  await expect(listedAfter(100)).rejects.toMatchObject({ code: 'overloaded' });
});
