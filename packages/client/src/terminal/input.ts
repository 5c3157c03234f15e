/** What a typed line asks for. */
export type Input =
  | { readonly name: 'nothing' }
  | { readonly name: 'say'; readonly text: string }
  | {
      readonly name: 'chats' | 'members' | 'leave' | 'blocked' | 'retry' | 'help' | 'quit';
    }
  | {
      readonly name: 'open' | 'direct' | 'add' | 'remove' | 'block' | 'unblock';
      readonly who: string;
    }
  | { readonly name: 'group'; readonly title: string; readonly members: readonly string[] }
  | { readonly name: 'history'; readonly count: number }
  | { readonly name: 'search'; readonly q: string }
  | { readonly name: 'reply' | 'edit'; readonly seq: number; readonly text: string }
  | { readonly name: 'delete'; readonly seq: number }
  | { readonly name: 'react' | 'unreact'; readonly seq: number; readonly emoji: string }
  | { readonly name: 'mistake'; readonly message: string };

export const COMMANDS_HELP = `/chats              list your chats; the numbers are for /open
/open N or NAME     open a chat
/direct NAME        open the direct chat with somebody, new or old
/group TITLE NAMES  make a group: /group "Book club" bob carol
/history [N]        show N older messages (20)
/search WORDS       find messages in all your chats; "quotes" keep words together
/reply N TEXT       answer message #N
/edit N TEXT        change message #N, if it is yours
/delete N           delete message #N
/react N EMOJI      react to message #N; /unreact N EMOJI takes it back
/members            who is in this chat
/add NAME           add somebody to this group; /remove NAME removes
/leave              leave this group
/block NAME         no more direct messages between you two; /unblock NAME undoes it
/blocked            whom you blocked
/retry              send again what the server refused
/quit               leave the program; what is not sent yet is sent the next time
//text              send text that begins with a slash

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
  switch (word) {
    case 'chats':
    case 'members':
    case 'leave':
    case 'blocked':
    case 'retry':
    case 'help':
    case 'quit':
      return { name: word };
    case 'open':
    case 'direct':
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
    case 'delete':
      return withSeq(word, rest, (seq) => ({ name: word, seq }));
    case 'react':
    case 'unreact':
      return withSeq(word, rest, (seq, emoji) =>
        emoji === '' ? mistake(`/${word} N EMOJI`) : { name: word, seq, emoji },
      );
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

/** The first word, or what stands in quotes, is the title; names follow. */
function readGroup(rest: string): Input {
  const [, quoted, plain, names = ''] = /^(?:"([^"]+)"|(\S+))\s*(.*)$/.exec(rest) ?? [];
  const title = quoted ?? plain;
  if (title === undefined) return mistake('/group TITLE NAMES');
  return { name: 'group', title, members: names.split(/[\s,]+/).filter((name) => name !== '') };
}

function readHistory(rest: string): Input {
  const count = rest === '' ? HISTORY_COUNT : Number(rest);
  const isCount = Number.isInteger(count) && count >= 1 && count <= HISTORY_MOST;
  return isCount ? { name: 'history', count } : mistake(`/history N, from 1 to ${HISTORY_MOST}`);
}

const mistake = (message: string): Input => ({ name: 'mistake', message });
