import type { ChatId, ENDPOINTS, UserId } from '@confab/protocol';
import type { CallInput, Rest } from './rest';

type Body<N extends keyof typeof ENDPOINTS> = NonNullable<CallInput<(typeof ENDPOINTS)[N]>['body']>;

/** A page of what is numbered: only what comes after a number, or the previous page's cursor. */
export interface AfterQuery {
  readonly limit?: number;
  readonly cursor?: string;
  readonly after?: number;
}

/** The calls under /api/encryption. All fail as `Rest.call` does. */
export class EncryptionApi {
  readonly #rest: Rest;

  constructor(rest: Rest) {
    this.#rest = rest;
  }

  generateKeys = (body: Body<'generateKeys'> = {}) => this.#rest.call('generateKeys', { body });
  publicKey = (query: { readonly version?: number } = {}) =>
    this.#rest.call('publicKey', { query: query });
  publicKeyOf = (user_id: UserId, query: { readonly version?: number } = {}) =>
    this.#rest.call('publicKeyOf', { params: { user_id }, query: query });
  putPublicKey = (body: Body<'putPublicKey'>) => this.#rest.call('putPublicKey', { body });
  encryptText = (body: Body<'encryptText'>) => this.#rest.call('encryptText', { body });
  decryptText = (body: Body<'decryptText'>) => this.#rest.call('decryptText', { body });

  deviceLists = (user_id: UserId, query: AfterQuery = {}) =>
    this.#rest.call('deviceLists', { params: { user_id }, query: query });
  putDeviceList = (body: Body<'putDeviceList'>) => this.#rest.call('putDeviceList', { body });
  devices = () => this.#rest.call('encryptionDevices');
  removeDevice = (device_id: string, body: Body<'removeDevice'>) =>
    this.#rest.call('removeDevice', { params: { device_id }, body });

  requestApproval = (body: Body<'requestApproval'>) => this.#rest.call('requestApproval', { body });
  approvals = () => this.#rest.call('approvals');
  approval = (device_id: string) => this.#rest.call('approval', { params: { device_id } });
  grantApproval = (device_id: string, body: Body<'grantApproval'>) =>
    this.#rest.call('grantApproval', { params: { device_id }, body });
  refuseApproval = (device_id: string) =>
    this.#rest.call('refuseApproval', { params: { device_id } });

  backup = () => this.#rest.call('backup');
  putBackup = (body: Body<'putBackup'>) => this.#rest.call('putBackup', { body });

  epochs = (chat_id: ChatId, device_id: string, query: AfterQuery = {}) =>
    this.#rest.call('epochs', { params: { chat_id }, query: { ...query, device_id } });
  postEpoch = (chat_id: ChatId, body: Body<'postEpoch'>) =>
    this.#rest.call('postEpoch', { params: { chat_id }, body });
  membershipLog = (chat_id: ChatId, query: AfterQuery = {}) =>
    this.#rest.call('membershipLog', { params: { chat_id }, query: query });
  appendMembershipLog = (chat_id: ChatId, body: Body<'appendMembershipLog'>) =>
    this.#rest.call('appendMembershipLog', { params: { chat_id }, body });
}
