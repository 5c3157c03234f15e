import { deviceName } from '../../encryption/device-name';

/** What a session's User-Agent is called: of programs that are no browsers, their own name. */
export function deviceOf(agent: string): string {
  if (agent.startsWith('Mozilla/')) return deviceName(agent);
  return agent.split(/[\s;(]/)[0]?.trim() || '';
}

export const isHandheld = (agent: string): boolean => /Android|iPhone|iPad|Mobile/.test(agent);
