import type { Caller, RequestInfo } from '../../http/contract';
import type { AuthService } from '../auth';
import type { AccountEraser } from './eraser';

/** Ends accounts. */
export class AccountService {
  readonly #auth: AuthService;
  readonly #eraser: AccountEraser;

  constructor(auth: AuthService, eraser: AccountEraser) {
    this.#auth = auth;
    this.#eraser = eraser;
  }

  /** @throws ConfabError `wrong_password`, `rate_limited`, or `conflict` */
  async delete(caller: Caller, password: string, request: RequestInfo): Promise<void> {
    const user = await this.#auth.confirm(caller, password, request.ip);
    await this.#eraser.erase(user.id, user.password_hash);
  }
}
