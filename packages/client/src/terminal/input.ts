import type { ChatMember } from '@confab/protocol';
import { readMoment, readSpan } from './times';

/** What a typed line asks for. */
export type Input =
  | { readonly name: 'nothing' }
  | { readonly name: 'say'; readonly text: string }
  | {
      readonly name: Bare;
    }
  | {
      readonly name: 'verify' | 'approve' | 'recover' | 'expel';
      /** Digits, a code, a key or an id, as they were typed. */
      readonly code: string;
    }
  | {
      readonly name: 'open' | 'direct' | 'encrypted' | 'join' | 'add' | 'remove' | Blocking;
      readonly who: string;
    }
  | {
      readonly name: 'group';
      readonly title: string;
      readonly members: readonly string[];
      readonly isEncrypted: boolean;
    }
  | { readonly name: 'history'; readonly count: number }
  | { readonly name: 'search'; readonly q: string }
  | { readonly name: 'reply' | 'edit'; readonly seq: number; readonly text: string }
  | { readonly name: 'delete' | 'pin' | 'unpin'; readonly seq: number }
  | { readonly name: 'react' | 'unreact'; readonly seq: number; readonly emoji: string }
  | { readonly name: 'send'; readonly words: string }
  | { readonly name: 'save'; readonly seq: number; readonly path: string | undefined }
  | { readonly name: 'schedule'; readonly when: string; readonly text: string }
  | { readonly name: 'unschedule'; readonly id: number }
  /** Null: for good. */
  | { readonly name: 'mute'; readonly until: string | null }
  /** 0: never. */
  | { readonly name: 'disappear'; readonly seconds: number }
  /** Null: for ever. */
  | { readonly name: 'invite'; readonly seconds: number | null }
  | { readonly name: 'notifications'; readonly read: boolean }
  | { readonly name: 'role'; readonly who: string; readonly role: ChatMember['role'] }
  | { readonly name: 'anew'; readonly isSure: boolean }
  | { readonly name: 'mistake'; readonly message: string };

/** Commands of a word alone. */
export const BARE = [
  'chats',
  'members',
  'leave',
  'blocked',
  'pins',
  'unmute',
  'scheduled',
  'safety',
  'accept',
  'devices',
  'newkey',
  'retry',
  'help',
  'quit',
] as const;
type Bare = (typeof BARE)[number];
type Blocking = 'block' | 'unblock';

export const COMMANDS_HELP = `/chats              list your chats; the numbers are for /open
/open N or NAME     open a chat
/direct NAME        open the direct chat with somebody, new or old
/encrypted NAME     open the end-to-end encrypted chat with somebody (🔒)
/group TITLE NAMES  make a group: /group "Book club" bob carol; /group --encrypted TITLE NAMES
                    makes one that is end-to-end encrypted (🔒)
/history [N]        show N older messages (20)
/send FILES [TEXT]  send files: /send photo.jpg "my notes.pdf" Look!
/save N [WHERE]     save the files of message #N, here or elsewhere
/search WORDS       find messages in all your chats; "quotes" keep words together
/reply N TEXT       answer message #N
/edit N TEXT        change message #N, if it is yours
/delete N           delete message #N
/react N EMOJI      react to message #N; /unreact N EMOJI takes it back
/pin N              keep message #N at hand for everybody; /unpin N undoes it
/pins               what is pinned here
/schedule WHEN TEXT send it later: /schedule 18:30 Dinner!
/scheduled          what waits for its time; /unschedule N takes it back
/disappear AFTER    erase what is sent here from now on after that; /disappear off
/members            who is in this chat
/add NAME           add somebody to this group; /remove NAME removes
/role NAME ROLE     make somebody in this group an admin, a member, or the owner in your place
/invite [WITHIN]    make a link to this group, good for ever or for so long: /invite 7d
/join LINK          join a group by its link, or the code at its end
/leave              leave this group
/mute [UNTIL]       hear of this chat only when you are mentioned, for good or until then:
                    /mute 8h; /unmute
/notifications      what you were notified of; /notifications read clears them
/block NAME         no more direct messages between you two; /unblock NAME undoes it
/blocked            whom you blocked
/safety             the number to compare with whom you chat; /verify NUMBER says it is the same
/accept             go on with keys that changed
/devices            your devices that decrypt; /approve CODE lets another one in, /expel ID shuts
                    one out
/recover KEY        let this device in by your recovery key; /newkey makes another recovery key
/anew               begin anew with other keys: when all devices and the recovery key are lost, or
                    one of them is stolen
/retry              send again what the server refused
/quit               leave the program; what is not sent yet is sent the next time
//text              send text that begins with a slash

Times: 90s, 10m, 2h, 7d, 4w from now; WHEN and UNTIL are also 18:30 or 2026-12-24T18:30.
Marks: ✓ sent, ✓✓ delivered, ✓✓ read when it says so.`;

const HISTORY_COUNT = 20;
const HISTORY_MOST = 100;

export function readLine(line: string): Input {
  const text = line.trimEnd();
  if (text.trim() === '') return { name: 'nothing' };
  if (text.startsWith('//')) return { name: 'say', text: text.slice(1) };
  if (!text.startsWith('/')) return { name: 'say', text };
  const [, word = '', rest = ''] = /^\/(\S*)\s*([\s\S]*)$/.exec(text) ?? [];
  return readCommand(word.toLowerCase(), rest);
}

function readCommand(word: string, rest: string): Input {
  if (isBare(word)) return { name: word };
  switch (word) {
    case 'join':
      return rest === '' ? mistake('By which link? /join LINK') : { name: word, who: rest };
    case 'verify':
    case 'approve':
    case 'recover':
    case 'expel':
      return rest === '' ? mistake(`/${word} and what is shown`) : { name: word, code: rest };
    case 'open':
    case 'direct':
    case 'encrypted':
    case 'add':
    case 'remove':
    case 'block':
    case 'unblock':
      return rest === '' ? mistake(`Whom or what? /${word} NAME`) : { name: word, who: rest };
    case 'group':
      return readGroup(rest);
    case 'history':
      return readHistory(rest);
    case 'search':
      return rest === '' ? mistake('What for? /search WORDS') : { name: word, q: rest };
    case 'reply':
    case 'edit':
      return withSeq(word, rest, (seq, text) =>
        text === '' ? mistake(`/${word} N TEXT`) : { name: word, seq, text },
      );
    case 'send':
      return rest === '' ? mistake('What? /send FILES [TEXT]') : { name: word, words: rest };
    case 'save':
      return withSeq(word, rest, (seq, path) => ({ name: word, seq, path: path || undefined }));
    case 'delete':
    case 'pin':
    case 'unpin':
      return withSeq(word, rest, (seq) => ({ name: word, seq }));
    case 'react':
    case 'unreact':
      return withSeq(word, rest, (seq, emoji) =>
        emoji === '' ? mistake(`/${word} N EMOJI`) : { name: word, seq, emoji },
      );
    case 'schedule':
      return readSchedule(rest);
    case 'unschedule':
      return /^\d{1,15}$/.test(rest)
        ? { name: word, id: Number(rest) }
        : mistake('Which one? /scheduled tells the numbers');
    case 'mute':
      return rest === '' || readMoment(rest, 0) !== null
        ? { name: word, until: rest || null }
        : mistake('Until when? /mute 8h, or 18:30, or 2026-12-24T18:30; or for good: /mute');
    case 'disappear':
      return withSpan(rest === 'off' ? '0s' : rest, '/disappear 7d, or off', (seconds) => ({
        name: word,
        seconds,
      }));
    case 'invite':
      if (rest === '') return { name: word, seconds: null };
      return withSpan(rest, '/invite 7d', (seconds) => ({ name: word, seconds }));
    case 'role':
      return readRole(rest);
    case 'anew':
      return rest === '' || rest === 'yes'
        ? { name: word, isSure: rest === 'yes' }
        : mistake('/anew tells what it does; /anew yes does it');
    case 'notifications':
      return rest === '' || rest === 'read'
        ? { name: word, read: rest === 'read' }
        : mistake('/notifications, or /notifications read');
    default:
      return mistake(`There is no /${word}. /help lists what there is.`);
  }
}

function withSeq(word: string, rest: string, read: (seq: number, text: string) => Input): Input {
  const [, digits, text = ''] = /^#?(\d{1,15})(?:\s+([\s\S]*))?$/.exec(rest) ?? [];
  return digits === undefined
    ? mistake(`Which message? /${word} and its number`)
    : read(Number(digits), text);
}

function withSpan(text: string, example: string, read: (seconds: number) => Input): Input {
  const seconds = readSpan(text);
  return seconds === null ? mistake(`How long? ${example}`) : read(seconds);
}

function readSchedule(rest: string): Input {
  const [, when, text] = /^(\S+)\s+([\s\S]+)$/.exec(rest) ?? [];
  return when === undefined || text === undefined || readMoment(when, 0) === null
    ? mistake('When, and what? /schedule 10m TEXT, or 18:30, or 2026-12-24T18:30')
    : { name: 'schedule', when, text };
}

function readRole(rest: string): Input {
  const [, who, word] = /^(\S+)\s+(\S+)$/.exec(rest) ?? [];
  const role = (['owner', 'admin', 'member'] as const).find((one) => one === word?.toLowerCase());
  return who === undefined || role === undefined
    ? mistake('Who is to be what? /role NAME admin, member or owner')
    : { name: 'role', who, role };
}

const isBare = (word: string): word is Bare => (BARE as readonly string[]).includes(word);

/** The first word, or what stands in quotes, is the title; names follow. */
function readGroup(rest: string): Input {
  const [, flag, quoted, plain, names = ''] =
    /^(--encrypted(?:\s+|$))?(?:"([^"]+)"|(\S+))?\s*(.*)$/.exec(rest) ?? [];
  const title = quoted ?? plain;
  if (title === undefined) return mistake('/group TITLE NAMES, or /group --encrypted TITLE NAMES');
  if (title.startsWith('"')) return mistake('The title has no closing ": /group "Book club" bob');
  if (title.startsWith('--')) return mistake(`/group knows no ${title}, but --encrypted`);
  const members = names.split(/[\s,]+/).filter((name) => name !== '');
  return { name: 'group', title, members, isEncrypted: flag !== undefined };
}

function readHistory(rest: string): Input {
  const count = rest === '' ? HISTORY_COUNT : Number(rest);
  const isCount = Number.isInteger(count) && count >= 1 && count <= HISTORY_MOST;
  return isCount ? { name: 'history', count } : mistake(`/history N, from 1 to ${HISTORY_MOST}`);
}

const mistake = (message: string): Input => ({ name: 'mistake', message });
