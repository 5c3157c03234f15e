import { serveWriter } from '../storage/writer-thread';
import { writes } from './writes';

serveWriter(writes);
