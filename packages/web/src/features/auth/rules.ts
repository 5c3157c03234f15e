/** What the server asks of a new account, so that it is told before it is refused. */

const USERNAME = /^(?!\.)[A-Za-z0-9_.]{3,32}(?<!\.)$/;
const SHORTEST_PASSWORD = 8;
const LONGEST_PASSWORD = 128;

export const isUsername = (text: string): boolean => USERNAME.test(text);

export function isPassword(text: string): boolean {
  const { length } = [...text];
  return length >= SHORTEST_PASSWORD && length <= LONGEST_PASSWORD;
}

/** Whether a text may be an email address. The server looks more closely. */
export const mayBeEmail = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
