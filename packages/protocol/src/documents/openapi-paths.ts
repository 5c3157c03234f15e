import type { Endpoint } from '../endpoint';

/** Name of a path parameter that means different things to different methods. */
const SHARED_NAME = 'id';

export interface DocumentPath {
  endpoint: Endpoint;
  /** The path as the document has it. */
  path: string;
  /** From the table's parameter names to the document's, where they differ. */
  rename: Readonly<Record<string, string>>;
}

/**
 * OpenAPI holds templates that differ in their parameters' names alone to be the same path, and
 * forbids to have both. `GET /api/messages/{chat_id}` and `PUT /api/messages/{message_id}` are such
 * a pair: they become methods of one `/api/messages/{id}`.
 */
export function documentPaths(
  endpoints: Readonly<Record<string, Endpoint>>,
): [name: string, path: DocumentPath][] {
  const templates = new Map<string, Set<string>>();
  for (const { path } of Object.values(endpoints)) {
    const anonymous = path.replaceAll(/\{[^}]*\}/g, '{}');
    const spellings = templates.get(anonymous) ?? new Set();
    templates.set(anonymous, spellings.add(path));
  }
  return Object.entries(endpoints).map(([name, endpoint]) => {
    const anonymous = endpoint.path.replaceAll(/\{[^}]*\}/g, '{}');
    const spellings = [...(templates.get(anonymous) ?? [])];
    return [name, { endpoint, ...shared(endpoint.path, spellings) }];
  });
}

function shared(path: string, spellings: readonly string[]): Omit<DocumentPath, 'endpoint'> {
  const rename: Record<string, string> = {};
  const parts = path.split('/').map((part, index) => {
    if (spellings.every((other) => other.split('/')[index] === part)) return part;
    const sharedName = Object.keys(rename).length ? `${SHARED_NAME}${index}` : SHARED_NAME;
    rename[part.slice(1, -1)] = sharedName;
    return `{${sharedName}}`;
  });
  return { path: parts.join('/'), rename };
}
