import { processorOf } from './child/processors';
import { serveJobs } from './child/serve-jobs';
import type { Job } from './jobs';

/** What a processing child does with a job. */
function answer({ task, request }: Job): Promise<unknown> {
  switch (task) {
    case 'clean':
      return import('./child/cleaning/clean').then(({ clean }) => clean(request));
    case 'process':
      return processorOf(request.recognised)(request);
    case 'avatar':
      return import('./child/images/avatar').then(({ makeAvatar }) => makeAvatar(request));
  }
}

serveJobs(answer);
