import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * The figures that a module of this folder measures, in a process of its own: a function that is loaded there reads the settings
 * of its own sandbox, not of the one before it.
 * @param module its file, `./acting.ts`
 * @param measure the name of what it exports
 */
export async function apart<Figures>(module: string, measure: string): Promise<Figures> {
  const url = new URL(module, import.meta.url).href;
  const script = `const { ${measure} } = await import(${JSON.stringify(url)}); console.log('\\n' + JSON.stringify(await ${measure}()));`;
  const options = { maxBuffer: 64 * 1024 * 1024, env: process.env };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], options);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Figures;
}
