// The built binary, started on a folder and a port of its own, and ended with the story.
import { spawn, execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const binary = process.env.DIFFERENCE ?? join(root, 'target/debug/difference');

/** Answers of the command line: `{ code, stdout, stderr }`, whatever the exit code. */
export async function difference(...words) {
  try {
    const { stdout, stderr } = await promisify(execFile)(binary, words, { cwd: root, maxBuffer: 64 << 20 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    if (typeof error.code !== 'number') throw error;
    return { code: error.code, stdout: error.stdout, stderr: error.stderr };
  }
}

/** A port that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** A folder that is gone when the story ends. */
export async function folder(story) {
  const path = await mkdtemp(join(tmpdir(), 'difference-story-'));
  story.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/**
 * Starts `difference demo` or `difference serve` and waits until it says that it is ready.
 * What it printed is in `said()`; `end()` asks it to stop, `kill()` doesn't ask.
 */
export async function start(story, { command = 'demo', data, port, words = [], env = {} } = {}) {
  data ??= join(await folder(story), 'data');
  port ??= await freePort();
  const address = `http://127.0.0.1:${port}`;
  let printed = '';
  const child = spawn(binary, [command, '--data', data, '--listen', `127.0.0.1:${port}`, ...words], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = once(child, 'exit');
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (piece) => { printed += piece; });
  }
  const product = {
    address,
    data,
    port,
    process: child,
    said: () => printed,
    async end() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await gone;
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
  story.after(() => product.end());
  await ready(product);
  return product;
}

/** Waits for /readyz; a process that ended first has said why. */
async function ready({ address, process: child, said }) {
  for (const begun = Date.now(); Date.now() - begun < 120_000;) {
    if (child.exitCode !== null) throw new Error(`the product ended with ${child.exitCode}:\n${said()}`);
    try {
      const answer = await fetch(`${address}/readyz`);
      if (answer.ok) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  throw new Error(`the product was not ready after two minutes:\n${said()}`);
}
