import { iso, isoOrNull } from '../../lib/clock';
import type { SessionRepository, SessionRow } from '../auth';
import type { ReportService } from '../reports';
import type { UserService } from '../users';
import { type ExportFile, type ExportSource, jsonLines, textOf } from './export-source';

const PAGE = 100;

/** The profile, the devices, and what one told the administrators. */
export class AccountExport implements ExportSource {
  readonly about = [
    { path: 'profile.json', meaning: 'your profile, with your e-mail address' },
    { path: 'sessions.jsonl', meaning: 'the devices on which you are signed in' },
    { path: 'reports.jsonl', meaning: 'what you reported to the administrators' },
  ];
  readonly #profiles: UserService;
  readonly #sessions: SessionRepository;
  readonly #reports: ReportService;

  constructor(profiles: UserService, sessions: SessionRepository, reports: ReportService) {
    this.#profiles = profiles;
    this.#sessions = sessions;
    this.#reports = reports;
  }

  async *files(userId: number): AsyncGenerator<ExportFile> {
    const profile = JSON.stringify(await this.#profiles.me(userId), null, 2);
    yield { name: 'profile.json', content: textOf(`${profile}\n`) };
    yield { name: 'sessions.jsonl', content: jsonLines(this.#devices(userId)) };
    yield { name: 'reports.jsonl', content: jsonLines(this.#reports.madeBy(userId, PAGE)) };
  }

  async *#devices(userId: number): AsyncGenerator<object[]> {
    let before: readonly [number, number] | undefined;
    for (;;) {
      const page = await this.#sessions.ofUser(userId, before, PAGE);
      const last = page.at(-1);
      if (!last) return;
      yield page.map(presentDevice);
      before = [last.created_at, last.id];
    }
  }
}

function presentDevice(row: SessionRow) {
  return {
    id: row.id,
    device: row.device,
    ip: row.ip,
    created_at: iso(row.created_at),
    last_used_at: iso(row.last_used_at),
    expires_at: iso(row.expires_at),
    device_token: row.device_token,
    device_platform: row.device_platform,
    device_token_at: isoOrNull(row.device_token_at),
  };
}
