import { readSync } from 'node:fs';

/** The server holds the other end of stdin and writes nothing: reading ends when the server does. */
function waitForTheEnd() {
  const byte = new Uint8Array(1);
  try {
    while (readSync(0, byte) > 0);
  } catch {
    // Whatever is wrong with it, nobody is at its other end.
  }
}

waitForTheEnd();
process.kill(process.pid, 'SIGKILL');
