import { type RunningServer, startServer } from './app/server';
import { readSettings, type Settings, SettingsError, settingsHelp } from './config/settings';
import { createLog, type Logger } from './observability/log';
import { MigrationError } from './storage/migrate';

/** Of the system, and of PostgreSQL: no such database, wrong password, no such role. */
const PLAIN_CODES = new Set([
  'EADDRINUSE',
  'EACCES',
  'ECONNREFUSED',
  'ENOTFOUND',
  '3D000',
  '28P01',
  '28000',
]);

/** A fault that the operator can mend: told in a sentence, without a stack. */
function isPlainFault(error: unknown): error is Error {
  if (error instanceof SettingsError || error instanceof MigrationError) return true;
  return PLAIN_CODES.has(String((error as { code?: unknown }).code));
}

function fail(error: unknown): never {
  if (isPlainFault(error)) {
    console.error(`Confab cannot start: ${error.message}`);
  } else {
    console.error('Confab cannot start:', error);
  }
  process.exit(1);
}

function stopOnSignals(server: RunningServer, settings: Settings, log: Logger) {
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info(`Stopping on ${signal}`);
    setTimeout(() => {
      log.error('The stop took longer than SHUTDOWN_GRACE_S; leaving');
      process.exit(1);
    }, settings.SHUTDOWN_GRACE_S * 1000).unref();
    await server.stop();
    log.info('Stopped');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop(signal).catch((error) => {
        log.error({ err: error }, 'The stop failed');
        process.exit(1);
      });
    });
  }
}

async function main() {
  // What the server keeps is for nobody else on this machine.
  process.umask(0o077);
  if (process.argv.includes('--help') || process.argv.includes('-h')) {
    console.log(settingsHelp());
    return;
  }
  const [unknown] = process.argv.slice(2);
  if (unknown !== undefined) {
    throw new SettingsError(
      `${unknown} is not known. Settings are environment variables, such as PORT=8001 (see --help).`,
    );
  }
  const settings = readSettings(process.env);
  const log = createLog(settings.LOG_LEVEL);
  const server = await startServer(settings, log);
  stopOnSignals(server, settings, log);
  process.on('unhandledRejection', (error) => {
    log.error({ err: error }, 'Something failed in the background');
  });
  log.info(
    `Confab ${server.services.version} listens on ${server.url} (API documentation: ${server.url}/docs)`,
  );
}

main().catch(fail);
