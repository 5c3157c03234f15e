import type { KeyStore } from '@confab/client';
import type { ChatId } from '@confab/protocol';
import { fromBase64Url } from '../../packages/client/src/e2ee/encoding';
import { EPOCHS } from '../../packages/client/src/e2ee/engine/chat-epochs';
import { OWN, type OwnSecrets } from '../../packages/client/src/e2ee/engine/own-secrets';
import { SealedStore } from '../../packages/client/src/e2ee/engine/sealed-store';
import { importSigningKey } from '../../packages/client/src/e2ee/keys/signing';

/** What a device holds: for whoever is on the server's side, was a member, or looks for its traces. */
export async function secretsOf({ store }: { readonly store: KeyStore }) {
  const sealed = await SealedStore.open(store);
  const own = (await sealed.get(OWN)) as OwnSecrets;
  if (!own.identity) throw new Error('This device has no identity');
  const keysOf = async (name: string) =>
    ((await sealed.get(name)) as { readonly keys: Readonly<Record<string, string>> }).keys;
  return {
    device: own.device.listed,
    identity: own.identity,
    signing: await importSigningKey(fromBase64Url(own.device.signing)),
    epochKey: async (chat: ChatId, epoch: number) =>
      fromBase64Url((await keysOf(EPOCHS + chat))[epoch] ?? ''),
    /** All that nobody else may ever see, as base64url. */
    everything: async () => {
      const epochs = (await sealed.names(EPOCHS)).map(async (name) =>
        Object.values(await keysOf(name)),
      );
      const { wrapping, signing } = own.device;
      const backup = own.backup ? [own.backup.key] : [];
      return [wrapping, signing, own.identity?.private ?? '', ...backup].concat(
        ...(await Promise.all(epochs)),
      );
    },
  };
}
