/** This device: who it belongs to, and its keys as they are used. */
export interface OwnDevice {
  readonly user: number;
  readonly deviceId: string;
  /** Opens epochs that are wrapped to `kid`. */
  readonly kid: string;
  readonly unwrappingKey: CryptoKey;
  readonly signingKey: CryptoKey;
}

/** A key of the user's other devices, which opens what was wrapped to that one. */
export interface SiblingKey {
  readonly deviceId: string;
  readonly unwrappingKey: CryptoKey;
}
