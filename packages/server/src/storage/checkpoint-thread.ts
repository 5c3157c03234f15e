import type { CheckpointRequest, LogState } from './checkpoints';
import { SqliteConnection } from './sqlite';
import { serveThread } from './thread';

let connection: SqliteConnection | undefined;

serveThread<CheckpointRequest, LogState>((request) => {
  switch (request.kind) {
    case 'open':
      connection = new SqliteConnection(request.path);
      return { log: 0 };
    case 'run':
      return { log: connection?.checkpoint() ?? 0 };
    case 'truncate':
      return { log: connection?.truncateLog() ? 0 : 1 };
    case 'close':
      connection?.close();
      return { log: 0 };
  }
});
