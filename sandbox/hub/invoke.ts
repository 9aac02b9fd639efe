import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Invocation {
  /** The bundled function: `dist/<function>/index.mjs`. */
  readonly file: string;
  /** All of its environment: nothing of this process's own comes along. */
  readonly env: Readonly<Record<string, string>>;
  readonly event: unknown;
  /** What its clock says when it begins. */
  readonly now: Date;
}

export interface Invoked {
  /** What the handler returned. */
  readonly result: unknown;
  /** Peak resident memory of the function's process. */
  readonly peakRssMb: number;
  /** What it logged, a line each. */
  readonly logs: readonly string[];
}

/** The function failed as Lambda would report it: with the error's type and message. */
class FunctionError extends Error {
  override readonly name = 'FunctionError';
  readonly errorType: string;
  constructor(errorType: string, message: string) {
    super(`${errorType}: ${message}`);
    this.errorType = errorType;
  }
}

/**
 * Runs a bundled function once in a process of its own, as Lambda does at a cold start.
 * @throws {FunctionError} when the function throws or dies
 */
export async function invokeInProcess({ file, env, event, now }: Invocation): Promise<Invoked> {
  const runner = fileURLToPath(new URL('./runner.ts', import.meta.url));
  const child = spawn(process.execPath, [runner, file, now.toISOString()], {
    env: { ...env },
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
  });
  const logs: string[] = [];
  let answer: { result?: unknown; error?: { name: string; message: string }; peakRssMb: number } | undefined;
  child.on('message', (message) => {
    answer = message as typeof answer;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream
      ?.setEncoding('utf8')
      .on('data', (text: string) => logs.push(...text.split('\n').filter((line) => line !== '')));
  }
  child.stdin?.end(JSON.stringify(event));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (!answer)
    throw new FunctionError('Runtime.ExitError', `the process ended with ${code}: ${logs.slice(-5).join(' ')}`);
  if (answer.error) throw new FunctionError(answer.error.name, answer.error.message);
  return { result: answer.result, peakRssMb: answer.peakRssMb, logs };
}
