/** What woke the function is not an event it knows. A retry does not help. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
  readonly problems: readonly string[];
  constructor(functionName: string, problems: readonly string[]) {
    super(`${functionName} was woken by an event that is not valid: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/** The function was deployed with settings that cannot work. A retry does not help. */
export class InvalidConfigError extends Error {
  override readonly name = 'InvalidConfigError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`the function's environment is not valid: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/** Another delivery is at work for the same; two at once would tell the same twice. A retry helps. */
export class AtWorkError extends Error {
  override readonly name = 'AtWorkError';
  constructor(of: string) {
    super(`another run is at work for ${of}; this one is tried again`);
  }
}

/** Thrown last, after every account that could be done is recorded and announced. A retry resumes the others. */
export class AccountsFailedError extends Error {
  override readonly name = 'AccountsFailedError';
  readonly failed: readonly { readonly account: string; readonly error: string }[];
  constructor(failures: readonly { readonly account: string; readonly cause: unknown }[], done: number) {
    const failed = failures.map(({ account, cause }) => ({ account, error: describe(cause) }));
    const list = failed.map(({ account, error }) => `${account}: ${error}`).join('; ');
    super(`${failed.length} of ${failed.length + done} accounts failed, the others are done: ${list}`, {
      cause: failures[0]?.cause,
    });
    this.failed = failed;
  }
}

const describe = (cause: unknown): string =>
  cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
