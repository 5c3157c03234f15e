/** What is told in a sentence, without a stack. */
export class CliError extends Error {
  override name = 'CliError';
  /** 2: it was called wrongly. 1: it could not be done. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
