import { session } from '../../../state/session';

/**
 * All of the user's data, as a ZIP file. The browser keeps large ones on disk.
 * @param onBytes how much has come so far
 * @param signal gives it up, which rejects with an AbortError
 */
export async function loadArchive(
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  const { body } = await session.client.api.exportMe();
  if (!body) return new Blob();
  let bytes = 0;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      bytes += chunk.length;
      onBytes(bytes);
      controller.enqueue(chunk);
    },
  });
  return new Response(body.pipeThrough(counting, { signal })).blob();
}
