import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ENDPOINTS, type Endpoint, type EndpointName } from '@confab/protocol';
import { DIALECTS } from '../testing/databases';
import { TestServer } from '../testing/server';
import { call, type TestUser } from '../testing/user';

const endpoints = (Object.entries(ENDPOINTS) as [EndpointName, Endpoint][]).filter(([, endpoint]) =>
  endpoint.path.startsWith('/api/admin/'),
);

/** Good bodies; the rest need none. */
const BODIES: Partial<Record<EndpointName, Record<string, unknown>>> = {
  setServerRole: { server_role: 'admin' },
  setRetention: { days: 1 },
};

test('every path for administrators is marked so, and nothing else is', () => {
  const marked = (Object.entries(ENDPOINTS) as [EndpointName, Endpoint][]).filter(
    ([, endpoint]) => endpoint.admin,
  );
  expect(marked).toEqual(endpoints);
  for (const [, endpoint] of endpoints) expect(endpoint.auth).toBe(true);
});

describe.each(DIALECTS)('what only administrators may do, on %s', (dialect) => {
  let server: TestServer;
  let victim: TestUser;
  let reportId: number;
  /** An ordinary user, a group's owner, and somebody who was an administrator until now. */
  let others: TestUser[];

  beforeAll(async () => {
    server = await TestServer.start({ dialect });
    const root = await server.admin();
    const owner = await server.user('owner');
    const former = await server.admin('former');
    victim = await server.user('victim');
    await owner.group('Mine', victim);
    const role = { server_role: 'user' };
    await root.must('PUT', `/api/admin/users/${former.id}/role`, role);
    const report = { user_id: victim.id, reason: 'Spam' };
    reportId = (await owner.must<{ id: number }>('POST', '/api/reports', report)).id;
    others = [await server.user('plain'), owner, former];
  });
  afterAll(() => server.stop());

  const pathOf = ({ path }: Endpoint, ids: { user_id: number; report_id: number }) =>
    path.replace(/\{(\w+)\}/g, (_, name) => String(ids[name as keyof typeof ids]));

  test.each(endpoints)(
    '%s answers everybody else 403, and 401 without a token',
    async (name, endpoint) => {
      const method = endpoint.method.toUpperCase();
      const known = pathOf(endpoint, { user_id: victim.id, report_id: reportId });
      const unknown = pathOf(endpoint, { user_id: 7e8, report_id: 7e8 });
      for (const path of [known, unknown]) {
        for (const body of [
          BODIES[name],
          endpoint.body ? { days: 'x', server_role: 1 } : undefined,
        ]) {
          for (const user of others) {
            const answer = await user.call(method, path, body);
            expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
          }
          const options = { token: 'nonsense', body };
          expect((await call(server.url, method, path, options)).status).toBe(401);
          expect((await call(server.url, method, path, { body })).status).toBe(401);
        }
      }
    },
  );

  test('and nothing of all this changed anything', async () => {
    expect((await victim.call('GET', '/api/auth/me')).body).toMatchObject({
      is_active: true,
      server_role: 'user',
    });
    expect(server.services.administration.retention.retentionMs()).toBeNull();
    for (const user of others) {
      expect((await user.call('GET', '/api/auth/me')).body).toMatchObject({ server_role: 'user' });
    }
  });
});
