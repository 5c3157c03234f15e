/** The whole address of an invite link, to be handed on. */
export const inviteLink = (server: string, { url }: { readonly url: string }): string =>
  `${server}${url}`;

/** The code of an invite link: of its whole address, of its path, or as it is. */
export function inviteCode(link: string): string {
  const [path = ''] = link.trim().split(/[?#]/, 1);
  return path.split('/').findLast((part) => part !== '') ?? link;
}
