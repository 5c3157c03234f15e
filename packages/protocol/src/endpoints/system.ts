import { endpoint } from '../endpoint';
import * as system from '../system';

export const systemEndpoints = {
  info: endpoint({
    method: 'get',
    path: '/',
    tag: 'System',
    summary: 'API information and features',
    auth: false,
    status: 200,
    response: system.ServerInfo,
    errors: [],
  }),
  health: endpoint({
    method: 'get',
    path: '/health',
    tag: 'System',
    summary: 'Health check: the process is alive',
    auth: false,
    status: 200,
    response: system.Health,
    errors: [],
  }),
  ready: endpoint({
    method: 'get',
    path: '/ready',
    tag: 'System',
    summary: 'Readiness check: the database and the bus can be reached',
    auth: false,
    status: 200,
    response: system.Ready,
    errors: ['not_ready'],
  }),
  status: endpoint({
    method: 'get',
    path: '/api/status',
    tag: 'System',
    summary: 'System status and statistics',
    auth: false,
    status: 200,
    response: system.Status,
    errors: [],
  }),
} as const;
