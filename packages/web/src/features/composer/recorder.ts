/** In the order in which they are liked: small, and played everywhere. */
const TYPES = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];
const BITS_PER_SECOND = 32_000;
/** A sixth of a second: whoever asks more often than that misses nothing. */
const HEARD_SAMPLES = 8_192;

const END: Readonly<Record<string, string>> = {
  'audio/webm': 'webm',
  'audio/mp4': 'm4a',
  'audio/ogg': 'ogg',
};

/** Records what the microphone hears, until it is stopped. */
export class VoiceRecorder {
  readonly #stream: MediaStream;
  readonly #recorder: MediaRecorder;
  readonly #context = new AudioContext();
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;
  readonly #chunks: Blob[] = [];
  readonly #startedAt = performance.now();

  private constructor(stream: MediaStream) {
    this.#stream = stream;
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const options = { audioBitsPerSecond: BITS_PER_SECOND, ...(mimeType ? { mimeType } : {}) };
    this.#recorder = new MediaRecorder(stream, options);
    this.#recorder.ondataavailable = ({ data }) => this.#chunks.push(data);
    this.#analyser = this.#context.createAnalyser();
    this.#analyser.fftSize = HEARD_SAMPLES;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#context.createMediaStreamSource(stream).connect(this.#analyser);
    this.#recorder.start(1_000);
  }

  /** @throws DOMException when the user or the browser does not allow it, or there is no microphone */
  static async start(): Promise<VoiceRecorder> {
    const audio = { echoCancellation: true, noiseSuppression: true };
    return new VoiceRecorder(await navigator.mediaDevices.getUserMedia({ audio }));
  }

  /** How long it has been recording, seconds. */
  get seconds(): number {
    return (performance.now() - this.#startedAt) / 1_000;
  }

  /** How loud it was at most in the last moment, from 0 to 1. */
  level(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const most = this.#samples.reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0);
    // Ears tell quiet sounds apart better than loud ones.
    return Math.sqrt(Math.min(1, most));
  }

  /** Ends it. @returns what was recorded */
  async stop(): Promise<File> {
    const stopped = new Promise((resolve) => {
      this.#recorder.addEventListener('stop', resolve, { once: true });
    });
    this.#recorder.stop();
    await stopped;
    this.#release();
    const type = (this.#recorder.mimeType.split(';')[0] ?? '') || 'audio/webm';
    return new File(this.#chunks, `voice.${END[type] ?? 'webm'}`, { type });
  }

  /** Ends it and keeps nothing. */
  cancel(): void {
    if (this.#recorder.state !== 'inactive') this.#recorder.stop();
    this.#release();
  }

  #release(): void {
    for (const track of this.#stream.getTracks()) track.stop();
    void this.#context.close().catch(() => {});
  }
}
