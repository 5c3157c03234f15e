import pino from 'pino';

export type Logger = pino.Logger;

/** Fields that must never be in a log, wherever they turn up. */
const SECRETS = ['password', 'authorization', 'access_token', 'refresh_token', 'content', 'token'];

/** Logs as JSON lines, one per event. */
export function createLog(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: '[hidden]' },
  });
}
