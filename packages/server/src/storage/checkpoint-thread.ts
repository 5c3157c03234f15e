import type { CheckpointRequest, LogLength } from './checkpoints';
import { SqliteConnection } from './sqlite';
import { serveThread } from './thread';

let connection: SqliteConnection | undefined;

serveThread<CheckpointRequest, LogLength>((request) => {
  if (request.kind === 'open') connection = new SqliteConnection(request.path);
  if (request.kind === 'close') connection?.close();
  return { log: request.kind === 'run' ? (connection?.checkpoint() ?? 0) : 0 };
});
