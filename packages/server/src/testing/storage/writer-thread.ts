import { serveWriter } from '../../storage/writer-thread';
import { testWrites } from './writes';

serveWriter(testWrites);
