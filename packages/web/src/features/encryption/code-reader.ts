/** Reads what codes a camera sees at this moment. */
export type CodeReader = (video: HTMLVideoElement) => Promise<readonly string[]>;

/** What some browsers have themselves; TypeScript does not know it yet. */
interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

const FORMAT = 'qr_code';

/** The browser's own, where it reads this kind of codes; many have none, or none on some systems. */
export const codeReader = async (): Promise<CodeReader> =>
  (await ownReader()) ?? (await import('./decoder')).decoder();

async function ownReader(): Promise<CodeReader | null> {
  const Detector = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  const formats = (await Detector?.getSupportedFormats()) ?? [];
  if (!Detector || !formats.includes(FORMAT)) return null;
  const detector = new Detector({ formats: [FORMAT] });
  return async (video) => (await detector.detect(video)).map(({ rawValue }) => rawValue);
}
