import { buildWeb } from './app/build-web';
import { type RunningServer, startServer } from './app/server';
import { settingWarnings } from './config/setting-warnings';
import { readSettings, type Settings, SettingsError, settingsHelp } from './config/settings';
import { createLog, type Logger } from './observability/log';
import { MigrationError } from './storage/migrate';

/** Faults that the operator can mend: told in a sentence, without a stack. */
const PLAIN = [SettingsError, MigrationError];

function fail(error: unknown): never {
  if (PLAIN.some((kind) => error instanceof kind)) {
    console.error(`Confab cannot start: ${(error as Error).message}`);
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
  for (const warning of settingWarnings(process.env)) log.warn(warning);
  const webFiles = settings.WEB_APP ? buildWeb(settings.STORAGE_DIR, log) : undefined;
  webFiles?.catch((error: unknown) => log.error({ err: error }, 'There is no web app'));
  const server = await startServer(settings, log, { ...(webFiles && { webFiles }) });
  stopOnSignals(server, settings, log);
  process.on('unhandledRejection', (error) => {
    log.error({ err: error }, 'Something failed in the background');
  });
  log.info(
    `Confab ${server.services.version} listens on ${server.address}; open ${server.url} (API documentation: ${server.url}/docs)`,
  );
}

main().catch(fail);
