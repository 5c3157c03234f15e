import { serveReader } from '../storage/reader-thread';
import { reads } from './reads';

serveReader(reads);
