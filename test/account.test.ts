import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { UserId } from '@confab/protocol';
import { TestServer } from '../packages/server/src/testing/server';
import { unzip } from '../packages/server/src/testing/zip';
import { SdkPerson } from './support/sdk-person';

let server: TestServer;
let root: SdkPerson;
beforeAll(async () => {
  server = await TestServer.start();
  root = await SdkPerson.register(server.url, 'root');
  await server.services.administration.desk.run('promote', { username: 'root' });
});
afterAll(async () => {
  await root.client.close();
  await server.stop();
});

test('the SDK exports, reports and erases', async () => {
  const ann = await SdkPerson.register(server.url, 'ann');
  const { api } = ann.client;
  expect((await api.me()).server_role).toBe('user');
  const files = unzip(await (await api.exportMe()).arrayBuffer());
  expect(files['README.txt']).toContain('"ann"');
  const report = await api.report({ user_id: root.client.userId as UserId, reason: 'Too strict' });
  expect(report.state).toBe('open');
  await expect(api.deleteMe('wrong-password')).rejects.toMatchObject({
    code: 'wrong_password',
  });
  await expect(api.admin.users()).rejects.toMatchObject({ code: 'forbidden' });
  await api.deleteMe('password');
  // The app may have noticed by itself already that it is signed out.
  await expect(api.me()).rejects.toThrow(/session has ended|Sign in/);
  await ann.client.close();
});

test('the SDK administers', async () => {
  const ben = await SdkPerson.register(server.url, 'ben');
  const id = ben.client.userId as UserId;
  const { admin } = root.client.api;
  const [open] = (await admin.reports()).items;
  if (!open) throw new Error('There is no report');
  expect(await admin.resolveReport(open.id, 'Done')).toMatchObject({ note: 'Done' });
  expect((await admin.users({ q: 'ben' })).items).toMatchObject([{ id, state: 'active' }]);
  expect((await admin.setRole(id, 'admin')).server_role).toBe('admin');
  expect((await admin.sessions(id)).items).toHaveLength(1);
  await admin.closeSessions(id);
  expect((await admin.resetPassword(id)).password).toBeString();
  expect(await admin.resetPassword(id, 'password2')).toEqual({ password: null });
  expect((await admin.deactivate(id)).state).toBe('deactivated');
  expect((await admin.reactivate(id)).state).toBe('active');
  expect((await admin.user(id)).session_count).toBe(0);
  expect(await admin.setRetention(365)).toEqual({ days: 365 });
  expect(await admin.retention()).toEqual({ days: 365 });
  expect((await admin.auditLog({ limit: 1 })).items).toMatchObject([{ action: 'retention.set' }]);
  await ben.client.close();
});
