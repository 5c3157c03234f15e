/** What is known of somebody at the moment when something happens that may concern them. */
export interface Situation {
  readonly kind: 'message' | 'mention' | 'group_invite';
  /** What of the chat they want to be notified of. */
  readonly level: 'all' | 'mentions' | 'none';
  readonly muted: boolean;
  /** One of their connections has the chat open. */
  readonly looking: boolean;
  /** They and the one who caused it do not talk. */
  readonly blocked: boolean;
  /** Any of their devices has a connection. */
  readonly connected: boolean;
  /** It is their night. */
  readonly quiet: boolean;
}

export interface Decision {
  /** It is kept in their history. */
  readonly store: boolean;
  /** Their connections are told at once. */
  readonly live: boolean;
  /** Their other devices are woken. */
  readonly push: boolean;
}

const NOTHING: Decision = { store: false, live: false, push: false };
const SILENTLY: Decision = { store: true, live: false, push: false };

/** The rules of notifications, all of them. */
export function decide(situation: Situation): Decision {
  if (situation.blocked) return NOTHING;
  switch (situation.kind) {
    case 'message':
      return decideMessage(situation);
    case 'mention':
      return situation.level === 'none' || situation.looking ? SILENTLY : loudly(situation);
    case 'group_invite':
      return loudly(situation);
  }
}

function decideMessage(situation: Situation): Decision {
  const wanted = situation.level === 'all' && !situation.muted && !situation.looking;
  return wanted ? loudly(situation) : NOTHING;
}

/** A connected device shows it by itself, so that none need be woken. */
function loudly({ connected, quiet }: Situation): Decision {
  return { store: true, live: connected, push: !connected && !quiet };
}

/** Why somebody's devices are not woken. */
export type Silence =
  | 'own'
  | 'read'
  | 'apart'
  | 'off'
  | 'mentions_only'
  | 'muted'
  | 'looking'
  | 'connected'
  | 'quiet';

/** The same rules, asked for what kept the devices silent; undefined when nothing did. */
export function silenceOf(situation: Situation): Silence | undefined {
  if (situation.blocked) return 'apart';
  return refusalOf(situation) ?? rest(situation);
}

/** What they set, or do at the moment, so that they are not told. */
function refusalOf({ kind, level, muted, looking }: Situation): Silence | undefined {
  if (kind === 'group_invite') return undefined;
  if (level === 'none') return 'off';
  if (kind === 'message' && level === 'mentions') return 'mentions_only';
  if (kind === 'message' && muted) return 'muted';
  return looking ? 'looking' : undefined;
}

function rest({ connected, quiet }: Situation): Silence | undefined {
  if (connected) return 'connected';
  return quiet ? 'quiet' : undefined;
}

/** Whether anybody hears of it. */
export const loud = ({ live, push }: Decision): boolean => live || push;
