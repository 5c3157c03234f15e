/** Who administers: somebody with the server role `admin`, or whoever can run commands on the server. */
export type Operator =
  | { readonly kind: 'admin'; readonly userId: number; readonly address: string }
  | { readonly kind: 'command_line' };

export const COMMAND_LINE: Operator = { kind: 'command_line' };
