import type { Router } from '../../../http/contract';
import { TUS_HEADERS } from './answers';
import { TUS_PATH, type TusUploads } from './tus-uploads';

/** The protocol has methods and headers of its own, which the table of endpoints knows nothing of. */
export function tusRoutes(router: Router, tus: TusUploads): void {
  const one = `${TUS_PATH}/:upload_id`;
  router.raw('OPTIONS', TUS_PATH, () => tus.options());
  router.raw('OPTIONS', one, () => tus.options());
  router.rawSigned(
    'POST',
    TUS_PATH,
    ({ caller, raw }) => tus.handle(caller, raw, undefined),
    TUS_HEADERS,
  );
  for (const method of ['HEAD', 'PATCH', 'DELETE'] as const) {
    router.rawSigned(
      method,
      one,
      ({ caller, raw, param }) => tus.handle(caller, raw, param('upload_id')),
      TUS_HEADERS,
    );
  }
}
