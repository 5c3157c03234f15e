import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { median, quantile } from './statistics';

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
};

const output = (...command: string[]): string => {
  try {
    return Bun.spawnSync(command).stdout.toString().trim();
  } catch {
    return '';
  }
};

/** Resident memory of a process in bytes. */
export function residentBytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1];
  if (kilobytes === undefined) throw new Error(`process ${pid} is gone`);
  return Number(kilobytes) * 1024;
}

/** Seconds of processor time that a process has used; its clock ticks a hundred times a second. */
export function cpuSeconds(pid: number): number {
  const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** What one commit costs at least here: an append of 4 KiB with fdatasync, in milliseconds. */
function syncTimes(folder: string): number[] {
  const path = `${folder}/fsync-probe`;
  const file = openSync(path, 'w');
  const page = new Uint8Array(4096);
  const times = Array.from({ length: 300 }, () => {
    const start = performance.now();
    writeSync(file, page);
    fdatasyncSync(file);
    return performance.now() - start;
  });
  closeSync(file);
  rmSync(path);
  return times;
}

function versionOf(packageFolder: string): string {
  const parsed: unknown = JSON.parse(readFileSync(`${packageFolder}/package.json`, 'utf8'));
  return parsed !== null && typeof parsed === 'object' && 'version' in parsed
    ? String(parsed.version)
    : '?';
}

export function machineFacts(root: string, work: string): [string, string][] {
  const times = syncTimes(work);
  return [
    ['processor', `${cpus()[0]?.model ?? '?'}, ${availableParallelism()} cores`],
    ['memory', `${Math.round(totalmem() / 2 ** 30)} GiB`],
    ['kernel', `Linux ${release()}, TCP ${read('/proc/sys/net/ipv4/tcp_congestion_control')}`],
    [
      'disk',
      `${output('findmnt', '-n', '-o', 'FSTYPE', '-T', work) || 'unknown file system'}; ` +
        `4 KiB append and fdatasync: median ${median(times).toFixed(2)} ms, ` +
        `p99 ${quantile(times, 0.99).toFixed(2)} ms`,
    ],
    ['Confab', output('git', '-C', root, 'log', '-1', '--format=%h of %cs') || 'unversioned'],
    ['Bun', Bun.version],
    ['Node (Socket.IO)', output('node', '--version')],
    ['Socket.IO', versionOf(`${root}/node_modules/socket.io`)],
    ['C compiler', output('cc', '--version').split('\n')[0] ?? ''],
  ];
}
