import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    motoUrl: string;
  }
}

const HOW_TO_GET_IT = [
  'The contract needs moto to run against: neither MOTO_URL nor a moto_server was found.',
  "  python3 -m venv .venv && .venv/bin/pip install 'moto[server]==5.2.5'",
].join('\n');

/** Vitest calls it before the suite: takes the server that MOTO_URL names, or starts one and returns how to stop it. */
export default async function setup(project: TestProject) {
  const given = process.env.MOTO_URL;
  if (given) {
    project.provide('motoUrl', given);
    return;
  }
  const command = ['.venv/bin', ...(process.env.PATH ?? '').split(delimiter)]
    .map((folder) => join(folder, 'moto_server'))
    .find((path) => existsSync(path));
  if (!command) throw new Error(HOW_TO_GET_IT);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(command, ['-H', '127.0.0.1', '-p', `${port}`], { stdio: 'ignore' });
  await answers(url, server);
  project.provide('motoUrl', url);
  return () => server.kill();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a TCP port was asked for');
  return address.port;
}

async function answers(url: string, server: ChildProcess) {
  for (let tries = 0; tries < 600; tries += 1) {
    if (server.exitCode !== null) throw new Error(`moto_server ended at once with ${server.exitCode}`);
    const reply = await fetch(`${url}/moto-api/data.json`).catch(() => undefined);
    if (reply?.ok) return;
    await sleep(100);
  }
  server.kill();
  throw new Error('moto_server did not answer within a minute');
}
