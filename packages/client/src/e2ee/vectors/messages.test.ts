import { describe, expect, test } from 'bun:test';
import keys from '../../../../../docs/vectors/keys.json';
import vectors from '../../../../../docs/vectors/messages.json';
import { fromBase64Url } from '../encoding';
import { Refusal } from '../errors';
import { mustFit, readEnvelope } from '../messages/envelope';
import { openMessage, verifyMessage } from '../messages/message';
import { reasonOf } from '../testing/people';

type Delivered = Omit<(typeof vectors.accepted)[number], 'name' | 'body'>;

const devices = keys.users.flatMap((user) => user.devices);

async function opened({ chat, from, client_message_id, is_edited, ...delivered }: Delivered) {
  const { envelope, header } = readEnvelope(delivered.envelope);
  const clientMessageId = client_message_id;
  mustFit(header, { chat, from, clientMessageId, isEdited: is_edited });
  const device = devices.find((one) => one.device_id === header.device);
  if (!device) throw new Refusal('unknown_device', 'No list has it');
  await verifyMessage(envelope, device.signing_key);
  if (!vectors.members.includes(from)) throw new Refusal('not_a_member', 'No member');
  if (header.epoch !== vectors.epoch) throw new Refusal('missing_key', 'No key');
  const body = await openMessage(envelope, header, fromBase64Url(vectors.key));
  if (header.edits !== undefined && body.kind !== 'message') {
    throw new Refusal('malformed', 'Only a message takes the place of a message');
  }
  return body;
}

describe('the vectors of messages', () => {
  test.each(vectors.accepted.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    expect(await opened(one)).toMatchObject(one.body as object);
  });

  test.each(vectors.refused.map((one) => [one.name, one] as const))(
    '%s: is refused',
    async (_, one) => {
      expect(await reasonOf(() => opened(one))).toBe(one.reason);
    },
  );
});
