/** An error as AWS would answer it. Handlers throw it; each protocol has its own way to write it. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  /** The code on the wire, e.g. `InvalidInstanceID.NotFound`. */
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
