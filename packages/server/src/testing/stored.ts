import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const FOLDERS = ['media', 'thumbnails', 'avatars', 'incoming'];

/** Every file that a server's storage has of users: uploads under way included, empty folders not. */
export function storedFiles(directory: string): string[] {
  return FOLDERS.flatMap((folder) => filesBelow(join(directory, folder))).map((path) =>
    path.slice(directory.length + 1),
  );
}

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
  } catch {
    return [];
  }
}
