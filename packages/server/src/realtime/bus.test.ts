import { busContract } from '../testing/bus-contract';
import { MemoryBus } from './bus';

busContract('memory', async () => {
  const errors: unknown[] = [];
  return { nodes: [new MemoryBus((error) => errors.push(error))], errors };
});
