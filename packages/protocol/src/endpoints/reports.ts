import { endpoint } from '../endpoint';
import * as reports from '../reports';

export const reportEndpoints = {
  createReport: endpoint({
    method: 'post',
    path: '/api/reports',
    tag: 'Reports',
    summary: 'Report a message or a user to the administrators',
    description: 'The same report again answers 200 with the first one, as long as it is open.',
    auth: true,
    body: reports.CreateReport,
    status: 201,
    otherStatus: 200,
    response: reports.Report,
    errors: ['invalid', 'not_found', 'rate_limited'],
  }),
} as const;
