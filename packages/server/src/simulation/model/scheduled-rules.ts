import type { ScheduledRow } from '../../features/scheduled/sending-writes';
import type { Model, Verdict } from './model';

/** What the contract says of messages that wait for their time, in the plainest way. */

export interface ModelScheduled {
  readonly userId: number;
  readonly chatId: number;
  readonly clientMessageId: string;
  readonly sendAt: number;
  readonly status: 'waiting' | 'sending' | 'failed' | 'sent';
}

export function create(
  model: Model,
  input: Omit<ModelScheduled, 'status'>,
): Verdict<{ row: ScheduledRow; isNew: boolean }> {
  return {
    accept: ({ row, isNew }) => {
      if (!isNew) return model.disagree('a new scheduled message is called a known one');
      const { userId, chatId, clientMessageId, sendAt } = input;
      const made = { userId, chatId, clientMessageId, sendAt, status: 'waiting' } as const;
      model.scheduled.set(model.freshId('scheduled', row.id), made);
    },
  };
}

export function cancel(
  model: Model,
  { id, userId }: { id: number; userId: number },
): Verdict<null> {
  const known = model.scheduled.get(id);
  if (known?.userId !== userId || known.status === 'sent') return { refuse: 'not_found' };
  if (known.status === 'sending') return { refuse: 'conflict' };
  return { accept: () => void model.scheduled.delete(id) };
}

export function claim(model: Model, { now }: { now: number }): Verdict<ScheduledRow[]> {
  return {
    accept: (rows) => {
      for (const { id } of rows) {
        if ((model.scheduled.get(id)?.sendAt ?? Number.POSITIVE_INFINITY) > now) {
          model.disagree(`scheduled message ${id} is sent before its time`, '10');
        }
        turn(model, id, 'sending');
      }
    },
  };
}

/** After a crash nobody sends any more what was being sent. */
export function release(model: Model): Verdict<null> {
  return {
    accept: () => {
      for (const [id, { status }] of model.scheduled) {
        if (status === 'sending') turn(model, id, 'waiting');
      }
    },
  };
}

export const postpone = (model: Model, { id }: { id: number }): Verdict<null> => ({
  accept: () => turn(model, id, 'waiting'),
});

export const fail = (model: Model, { id }: { id: number }): Verdict<ScheduledRow | null> => ({
  accept: () => turn(model, id, 'failed'),
});

/** Only what is a message by now is taken off the list. */
export const finish = (model: Model, { id }: { id: number }): Verdict<null> => ({
  accept: () => {
    const known = model.scheduled.get(id);
    if (!known || !model.sentBy.has(`${known.userId} ${known.clientMessageId}`)) {
      model.disagree(`scheduled message ${id} is off the list and was not sent`, '10');
    }
    turn(model, id, 'sent');
  },
});

function turn(model: Model, id: number, status: ModelScheduled['status']) {
  const known = model.scheduled.get(id);
  if (known) model.scheduled.set(id, { ...known, status });
  else model.disagree(`scheduled message ${id} is ${status}, and nobody wrote it`, '10');
}
