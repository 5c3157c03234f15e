import type { Ack, Command, CommandType } from '@confab/protocol';
import type { Connection } from './connection';

/** Ids as the plain numbers that rows hold; the wire's types brand them. */
type Plain<T> = T extends number
  ? number
  : T extends readonly (infer U)[]
    ? Plain<U>[]
    : T extends object
      ? { [K in keyof T]: Plain<T[K]> }
      : T;

/** What a command does. Its answer becomes the ack; what it throws becomes an error frame. */
export type CommandHandler<T extends CommandType> = (
  connection: Connection,
  command: Command<T>,
) => Promise<Plain<Ack<T>>> | Plain<Ack<T>>;

export type CommandHandlers = { [T in CommandType]?: CommandHandler<T> };
export type AllCommandHandlers = { [T in CommandType]: CommandHandler<T> };
