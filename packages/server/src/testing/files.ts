import type { Media, UploadAnswer } from '@confab/protocol';
import type { Answer, TestUser } from './user';

export interface TestFile {
  name: string;
  type: string;
  bytes: Uint8Array<ArrayBuffer> | string;
}

/** The smallest PNG there is: one pixel. */
export const PIXEL: Buffer<ArrayBuffer> = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
export const picture = (name = 'pixel.png'): TestFile => ({
  name,
  type: 'image/png',
  bytes: PIXEL,
});
export const text = (content: string, name = 'notes.txt'): TestFile => ({
  name,
  type: 'text/plain',
  bytes: content,
});

export function formOf(files: readonly TestFile[], fields: Record<string, string> = {}): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const { name, type, bytes } of files) form.append('file', new Blob([bytes], { type }), name);
  return form;
}

/** Uploads, whatever comes of it. */
export async function tryUpload(
  user: TestUser,
  files: readonly TestFile[],
  options: { messageId?: number; fields?: Record<string, string> } = {},
): Promise<Answer<UploadAnswer & { code?: string }>> {
  const path = options.messageId === undefined ? '' : `/${options.messageId}`;
  const response = await user.fetch(`/api/media/upload${path}`, {
    method: 'POST',
    body: formOf(files, options.fields),
  });
  return { status: response.status, body: await response.json(), headers: response.headers };
}

/** Uploads what must be taken. */
export async function upload(
  user: TestUser,
  files: readonly TestFile[],
  messageId?: number,
): Promise<Media[]> {
  const answer = await tryUpload(user, files, messageId === undefined ? {} : { messageId });
  if (answer.status !== 201) throw new Error(`Upload: ${JSON.stringify(answer.body)}`);
  return answer.body.items;
}
