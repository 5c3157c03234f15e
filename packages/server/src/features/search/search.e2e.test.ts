import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import type { Chat, SearchPage } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { text, upload } from '../../testing/files';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';

const marked = ({ snippet, highlights }: SearchPage['items'][number]) =>
  highlights.map(([start, length]) => snippet.slice(start, start + length));

/** Before the index has followed, and after: the answers must be the same. */
const STATES = ['not indexed', 'indexed'] as const;

describe.each(DIALECTS)('message search on %s', (dialect) => {
  let server: TestServer;
  let alice: TestUser;
  let bob: TestUser;
  let chat: Chat;

  const find = (user: TestUser, q: string, more: Record<string, string | number> = {}) => {
    const query = new URLSearchParams({ q });
    for (const [name, value] of Object.entries(more)) query.set(name, String(value));
    return user.call<SearchPage>('GET', `/api/messages/search?${query}`);
  };

  const texts = async (
    user: TestUser,
    q: string,
    more: Record<string, string | number> = {},
  ): Promise<string[]> => {
    const { status, body } = await find(user, q, more);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body.items.map((item) => item.content);
  };

  const catchUp = () => server.services.index.catchUp();

  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' } });
  });
  afterAll(() => server.stop());

  beforeEach(async () => {
    alice = await server.user('alice');
    bob = await server.user('bob');
    chat = await alice.direct(bob);
  });

  describe.each(STATES)('messages that are %s', (state) => {
    const say = async (...contents: string[]) => {
      for (const content of contents) await alice.send(chat.id, content);
      if (state === 'indexed') await catchUp();
    };

    const cases: [what: string, q: string, found: string[], others: string[]][] = [
      ['a word', 'coffee', ['a coffee, please'], ['tea for me']],
      ['a part of a word', 'offe', ['a coffee, please'], ['tea for me']],
      ['all words, in any order', 'please coffee', ['a coffee, please'], ['coffee', 'please']],
      ['without regard to case', 'COFFEE', ['A Coffee'], []],
      ['without regard to diacritics', 'creme brulee', ['Crème brûlée!'], []],
      ['diacritics that are typed', 'Crème', ['creme', 'CRÈME', 'cre\u0300me'], []],
      ['letters without a decomposition', 'lodz strasse', ['Łódź, Straße'], []],
      ['Greek and Cyrillic', 'ΟΔΟΣ ёлка', ['οδός елка'], []],
      ['wide and narrow letters', 'ＡＢＣ', ['abc'], []],
      ['Chinese', '中文', ['我会说中文吗'], ['中国的文化']],
      ['one Chinese character', '茶', ['喝茶吧'], ['喝水吧']],
      ['Japanese', '日本語', ['これは日本語です'], ['日本の言語']],
      ['Japanese voicing', 'か', ['かき'], ['がき']],
      ['Korean', '한국어', ['저는 한국어를 배워요'], ['한국에서']],
      ['a Korean syllable, not its parts', '하', ['하나'], ['한국']],
      ['mixed scripts', 'iphone手机', ['新的iPhone手机'], ['iphone 手机']],
      ['emoji', '🎉', ['party 🎉🎉'], ['party']],
      ['two letters', 'ok', ['it is OK'], ['o k']],
      ['one letter', 'z', ['zebra'], ['horse']],
      ['a phrase', '"red cat"', ['the red cat sat'], ['cat red', 'red fat cat']],
      ['a phrase across lines', '"red cat"', ['the red\n cat sat'], []],
      ['a phrase and a word', 'sat "red cat"', ['the red cat sat'], ['a red cat']],
      ["a phone's quotes", '“red cat”', ['the red cat sat'], ['cat red']],
      ['a quote that is not closed', '"red', ['he said "red'], ['red']],
      ['NEAR', 'NEAR(red cat)', ['near(red cat)'], ['red cat']],
      ['OR', 'red OR cat', ['red or cat'], ['red', 'cat']],
      ['NOT', 'red NOT cat', ['red, not a cat'], ['red']],
      ['AND', 'red AND cat', ['red and cat'], ['red cat']],
      ['a star', 'red*', ['red* is it'], ['redder']],
      ['a colon', 'grams:red', ['grams:red'], ['red']],
      ['a minus', '-red', ['x-red'], ['red']],
      ['percent', '100%', ['100% sure'], ['1000 sure']],
      ['an underscore', 'a_b', ['a_b'], ['axb']],
      ['a backslash', 'c:\\temp', ['in C:\\Temp'], ['c:temp']],
      ['an apostrophe', "don't", ["I don't know"], ['dont']],
      ['ampersands and bars', 'a & b | !c', ['a & b | !c'], ['a b c']],
      ['parentheses', '(((', ['((('], ['(']],
      ['a caret', '^red', ['x ^red'], ['red']],
    ];

    test.each(cases)('finds %s', async (_, q, found, others) => {
      await say(...found, ...others);
      expect((await texts(alice, q)).sort()).toEqual([...found].sort());
    });

    test('shows where it matches, in plain text', async () => {
      await say(`${'before '.repeat(50)}<b>Crème</b> brûlée ${'after '.repeat(50)}`);
      const { body } = await find(bob, 'brulee creme');
      const [hit] = body.items;
      if (!hit) throw new Error('not found');
      expect(marked(hit)).toEqual(['Crème', 'brûlée']);
      expect(hit.snippet).toContain('<b>Crème</b> brûlée');
      expect(hit.snippet.length).toBeLessThan(180);
      expect(hit.snippet.startsWith('…')).toBe(true);
      expect(hit.snippet.endsWith('…')).toBe(true);
    });

    test('the filters, each and together', async () => {
      const first = await alice.send(chat.id, 'lunch at noon');
      const [photo] = await upload(bob, [text('a photo, say')]);
      const files = { content_type: 'image', media_ids: [photo?.id] };
      const second = await bob.send(chat.id, 'lunch photo', files);
      const notes = await alice.direct(alice);
      await alice.send(notes.id, 'lunch for one');
      await say();
      expect(await texts(alice, 'lunch')).toEqual([
        'lunch for one',
        'lunch photo',
        'lunch at noon',
      ]);
      expect(await texts(alice, 'lunch', { chat_id: notes.id })).toEqual(['lunch for one']);
      expect(await texts(alice, 'lunch', { sender_id: bob.id })).toEqual(['lunch photo']);
      expect(await texts(alice, 'lunch', { content_type: 'image' })).toEqual(['lunch photo']);
      expect(await texts(alice, 'lunch', { has_media: 'true' })).toEqual(['lunch photo']);
      expect(await texts(alice, 'lunch', { has_media: 'false', chat_id: chat.id })).toEqual([
        'lunch at noon',
      ]);
      const before = { sent_before: second.created_at, chat_id: chat.id };
      const after = { sent_after: first.created_at, chat_id: chat.id };
      expect(await texts(alice, 'lunch', before)).not.toContain('lunch photo');
      expect(await texts(alice, 'lunch', after)).not.toContain('lunch at noon');
      const between = { sent_after: '2020-01-01', sent_before: '2999-01-01T00:00:00+02:00' };
      expect(await texts(alice, 'lunch', { ...between, sender_id: bob.id })).toEqual([
        'lunch photo',
      ]);
      expect(await texts(alice, 'lunch', { sent_before: '2020-01-01' })).toEqual([]);
    });

    test('an edit replaces what is found', async () => {
      const message = await alice.send(chat.id, 'meet on monday');
      await say();
      await alice.must('PUT', `/api/messages/${message.id}`, { content: 'meet on tuesday' });
      expect(await texts(bob, 'monday')).toEqual([]);
      expect(await texts(bob, 'tuesday')).toEqual(['meet on tuesday']);
      await alice.must('PUT', `/api/messages/${message.id}`, { content: 'meet on friday' });
      await catchUp();
      expect(await texts(bob, 'tuesday')).toEqual([]);
      expect(await texts(bob, 'friday')).toEqual(['meet on friday']);
      await alice.must('DELETE', `/api/messages/${message.id}`);
      expect(await texts(bob, 'friday')).toEqual([]);
      await catchUp();
      expect(await texts(bob, 'friday')).toEqual([]);
    });

    test('who is removed finds nothing any more, who comes back finds all', async () => {
      const group = await alice.group('Plans', bob);
      await alice.send(group.id, 'secret plans');
      await say();
      expect(await texts(bob, 'secret')).toEqual(['secret plans']);
      await alice.must('DELETE', `/api/chats/${group.id}/members/${bob.id}`);
      expect(await texts(bob, 'secret')).toEqual([]);
      expect((await find(bob, 'secret', { chat_id: group.id })).status).toBe(404);
      await alice.must('POST', `/api/chats/${group.id}/members`, { user_id: bob.id });
      expect(await texts(bob, 'secret')).toEqual(['secret plans']);
      await alice.must('DELETE', `/api/chats/${group.id}`);
      expect(await texts(alice, 'secret')).toEqual([]);
    });

    test.each(['newest', 'best'])('pages by %s are whole while messages arrive', async (order) => {
      const contents = Array.from(
        { length: 23 },
        (_, i) => `apple ${i} ${i % 3 === 0 ? 'pineapple' : 'pie'}`,
      );
      await say(...contents);
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: SearchPage = (
          await find(bob, 'apple', { order, limit: 4, ...(cursor ? { cursor } : {}) })
        ).body;
        seen.push(...page.items.map((item) => item.content));
        cursor = page.next_cursor;
        await alice.send(chat.id, `apple later ${seen.length}`);
      } while (cursor);
      expect(seen.filter((text) => !text.includes('later')).sort()).toEqual(contents.sort());
      expect(new Set(seen).size).toBe(seen.length);
    });

    test('the best come first: whole words, then beginnings, then insides', async () => {
      await say('art', 'artist', 'start', 'party');
      expect(await texts(bob, 'art', { order: 'best' })).toEqual([
        'art',
        'artist',
        'party',
        'start',
      ]);
    });
  });

  test('names of groups and other system messages are not found', async () => {
    const group = await alice.group('Unicorns', bob);
    await alice.must('PUT', `/api/chats/${group.id}`, { name: 'Dragons' });
    await catchUp();
    expect(await texts(alice, 'dragons')).toEqual([]);
    expect(await texts(alice, 'renamed')).toEqual([]);
  });

  test('an answer is the whole message, with what it needs', async () => {
    const sent = await alice.send(chat.id, 'the whole message');
    const { status, body } = await find(bob, 'whole');
    expect(status).toBe(200);
    const [{ snippet, highlights, ...message } = {} as SearchPage['items'][number]] = body.items;
    expect(message).toEqual(sent);
    expect([snippet, highlights]).toEqual(['the whole message', [[4, 5]]]);
    expect(body.next_cursor).toBeNull();
    expect(body.encrypted_chats_excluded).toBe(0);
  });

  test('strangers find nothing', async () => {
    const mallory = await server.user('mallory');
    await alice.send(chat.id, 'between us');
    expect(await texts(mallory, 'between')).toEqual([]);
    const foreign = await find(mallory, 'between', { chat_id: chat.id });
    const missing = await find(mallory, 'between', { chat_id: 7e8 });
    expect([foreign.status, missing.status]).toEqual([404, 404]);
    expect(foreign.body as object).toMatchObject({ code: 'not_found' });
  });

  test.each([
    ['no q', ''],
    ['an empty q', 'q='],
    ['blanks', 'q=%20%20'],
    ['more than 200 characters', `q=${'x'.repeat(201)}`],
    ['NUL', 'q=a%00b'],
    ['a limit of 0', 'q=a&limit=0'],
    ['a limit of 101', 'q=a&limit=101'],
    ['a cursor of somebody else', 'q=a&cursor=x'],
    ['a cursor of the other order', 'q=a&order=best&cursor=WzVd'],
    ['a chat that is no id', 'q=a&chat_id=x'],
    ['a sender that is no id', 'q=a&sender_id=-1'],
    ['no content type', 'q=a&content_type=song'],
    ['what the server says', 'q=a&content_type=system'],
    ['no time', 'q=a&sent_before=yesterday'],
    ['no flag', 'q=a&has_media=maybe'],
    ['no order', 'q=a&order=oldest'],
  ])('refuses %s', async (_, query) => {
    expect((await alice.call('GET', `/api/messages/search?${query}`)).status).toBe(422);
  });

  test('takes 200 characters, of any kind', async () => {
    await alice.send(chat.id, `${'🎉'.repeat(200)} and ${'long '.repeat(300)}`);
    await catchUp();
    expect(await texts(bob, '🎉'.repeat(200))).toHaveLength(1);
    expect(await texts(bob, `"${'long '.repeat(39)}"`)).toHaveLength(1);
    expect(await texts(bob, 'l o n g '.repeat(25))).toHaveLength(1);
  });

  test('needs a token', async () => {
    const answer = await fetch(`${server.url}/api/messages/search?q=a`);
    expect(answer.status).toBe(401);
  });

  test('what was there before the index is found, and goes into it after a restart', async () => {
    await alice.send(chat.id, 'before the restart');
    await server.restart();
    expect(await texts(bob, 'restart')).toEqual(['before the restart']);
    await catchUp();
    expect(await texts(bob, 'restart')).toEqual(['before the restart']);
  });
});
