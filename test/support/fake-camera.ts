import { mkdtempSync, rmSync } from 'node:fs';
import { constants, open, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'uqr';

/** Pixels of a module. */
const SCALE = 6;

/** A browser's camera that sees a picture, from the next time on that it is turned on. */
export class FakeCamera {
  readonly #folder = mkdtempSync(join(tmpdir(), 'confab-camera-'));
  readonly #film = join(this.#folder, 'seen.y4m');

  static async make(): Promise<FakeCamera> {
    const camera = new FakeCamera();
    await camera.seesCode('nothing of this app');
    return camera;
  }

  /** What the browser is started with. Pages need the permission `camera`. */
  get browserArgs(): string[] {
    return [
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${this.#film}`,
    ];
  }

  /** @param picture of any type */
  async sees(picture: Uint8Array): Promise<void> {
    const still = join(this.#folder, 'still');
    await Bun.write(still, picture);
    const fit = 'scale=400:400:force_original_aspect_ratio=decrease:flags=neighbor';
    const filter = `${fit},pad=640:480:(ow-iw)/2:(oh-ih)/2:color=gray,format=yuv420p,loop=9:1`;
    const options = ['-loglevel', 'error', '-nostdin', '-y', '-i', still];
    const next = join(this.#folder, 'next.y4m');
    const film = ['-vf', filter, '-r', '10', '-threads', '1', next];
    const program = Bun.spawn(['ffmpeg', ...options, ...film], {
      stdout: 'ignore',
      stderr: 'pipe',
    });
    if ((await program.exited) !== 0) throw new Error(await new Response(program.stderr).text());
    await this.#show(next);
  }

  /**
   * All films are of one length, and each takes the place of the one before, byte by byte: a browser that
   * has not turned the camera off yet when it is turned on again goes on with the file that it has open.
   */
  async #show(next: string): Promise<void> {
    const film = await open(this.#film, constants.O_RDWR | constants.O_CREAT);
    await film.write(await readFile(next));
    await film.close();
  }

  seesCode(text: string): Promise<void> {
    const { data, size } = encode(text, { border: 4 });
    const side = size * SCALE;
    const pixel = (at: number) =>
      data[Math.floor(at / side / SCALE)]?.[Math.floor((at % side) / SCALE)] ? 0 : 255;
    const head = new TextEncoder().encode(`P5\n${side} ${side}\n255\n`);
    return this.sees(
      Buffer.concat([head, Uint8Array.from({ length: side * side }, (_, at) => pixel(at))]),
    );
  }

  drop(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
