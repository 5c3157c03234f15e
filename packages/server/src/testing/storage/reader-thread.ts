import { serveReader } from '../../storage/reader-thread';
import { testReads } from './reads';

serveReader(testReads);
