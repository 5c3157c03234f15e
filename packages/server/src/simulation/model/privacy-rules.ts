import type { BlockChange, BlockInput } from '../../features/privacy/writes';
import type { Model, Verdict } from './model';

/** What the contract says of blocks, in the plainest way. */

export function block(model: Model, input: BlockInput): Verdict<BlockChange> {
  return change(model, input, (key) => model.blocks.add(key));
}

export function unblock(model: Model, input: BlockInput): Verdict<BlockChange> {
  return change(model, input, (key) => model.blocks.delete(key));
}

function change(
  model: Model,
  { userId, otherId }: BlockInput,
  run: (key: string) => void,
): Verdict<BlockChange> {
  return {
    accept: (told) => {
      const [count, wasApart] = [model.blocks.size, model.isApart(userId, otherId)];
      run(`${userId} ${otherId}`);
      const changed = model.blocks.size !== count;
      const turned = model.isApart(userId, otherId) !== wasApart;
      model.same('a change of a block', told, { changed, turned });
    },
  };
}
