/** The users whom a text mentions by `@username`, among those who may be. */
export function mentionsIn(
  text: string,
  people: readonly { readonly id: number; readonly username: string }[],
): number[] {
  const names = text.toLowerCase().matchAll(/(?<![a-z0-9_.])@([a-z0-9_.]{3,33})/g);
  const mentioned = new Set([...names].map(([, name = '']) => name.replace(/\.+$/, '')));
  return people.filter(({ username }) => mentioned.has(username)).map(({ id }) => id);
}
