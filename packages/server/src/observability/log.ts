import pino from 'pino';

export type Logger = pino.Logger;

/** Fields that must never be in a log, wherever they turn up. */
const SECRETS = [
  'password',
  'authorization',
  'access_token',
  'refresh_token',
  'content',
  'token',
  'unlock',
  'jwe',
  'backup',
];

/** Logs as JSON lines, one per event. @param to where they go, if not to the standard output */
export function createLog(level: string, to?: pino.DestinationStream): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: '[hidden]' },
  };
  return to ? pino(options, to) : pino(options);
}
