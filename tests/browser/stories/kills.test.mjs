// What was acknowledged survives a kill: the server is killed with -9 twenty times while four
// programs write, two of them by the page's own form and two by the API. Each keeps its own list of
// what was acknowledged; after every start all of it must be there, and the audit log must be whole and
// begin with what it held before. KILLS=200 asks for more.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';

import { openBrowser, person } from '../browser.mjs';
import { addPlace, chance, fill, found, giveRole, send, signIn } from '../city.mjs';
import { difference, folder, start } from '../product.mjs';

const KILLS = Number(process.env.KILLS ?? 20);
const place = 'thornbeck-primary-school';

/** Days counted back from yesterday, each once. */
function* days(from) {
  for (let back = from; ; back += 1) {
    yield new Date(Date.now() - (back + 1) * 86_400_000).toISOString().slice(0, 10);
  }
}

/** Sets a goal by the API and gives its id. */
async function setGoal(product, token, measure) {
  const answer = await fetch(`${product.address}/api/v1/places/${place}/goals`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ measure, unit: '%', baseline: 90, target: 96, due: '2099-07-16' }),
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  return (await answer.json()).goal;
}

/** Waits so many milliseconds. */
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** A way to write one value: whether it was acknowledged. */
const byApi = (product, token, goal) => async (date, value) => {
  const answer = await fetch(`${product.address}/api/v1/places/${place}/goals/${goal}/values`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ values: [{ date, value }] }),
  });
  return answer.status === 200;
};
const byForm = (product, cookie, formToken, goal) => async (date, value) => {
  const answer = await fetch(`${product.address}/places/${place}/goals/${goal}/values`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie },
    body: new URLSearchParams({ 'form-token': formToken, date, value: String(value), correction: '' }),
  });
  return answer.status === 303;
};

/** One program: writes until it is told to stop or the server is gone, and keeps what was acknowledged. */
class Writer {
  constructor(goal, write, from) {
    Object.assign(this, { goal, write, days: days(from), acknowledged: new Map(), refused: 0 });
  }

  async run(until) {
    while (!until.stop) {
      const date = this.days.next().value;
      const value = Math.round(1000 * (80 + 20 * Math.random())) / 1000;
      try {
        if (await this.write(date, value)) this.acknowledged.set(date, value);
        else this.refused += 1;
      } catch {
        return; // The server is gone; this value was never acknowledged.
      }
    }
  }
}

/** Everything acknowledged is there, with the same value. */
async function nothingIsLost(product, token, writers) {
  for (const goal of new Set(writers.map((writer) => writer.goal))) {
    const answer = await fetch(`${product.address}/api/v1/places/${place}/goals/${goal}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(answer.status, 200);
    const there = new Map((await answer.json()).values.map(({ date, value }) => [date, value]));
    for (const writer of writers.filter((each) => each.goal === goal)) {
      for (const [date, value] of writer.acknowledged) assert.equal(there.get(date), value, `${goal}, ${date}`);
    }
  }
}

/** The log's head now, after all of it was read again and held to the head that was written down before. */
async function logIsWhole(data, before) {
  const known = before ? ['--head', before] : [];
  const { code, stdout, stderr } = await difference('audit', 'verify', '--data', data, ...known);
  assert.equal(code, 0, stderr);
  const head = /^Head: (\S+)$/m.exec(stdout)[1];
  if (before) assert.ok(Number(head.split(':')[0]) > Number(before.split(':')[0]), 'the log grew');
  return head;
}

/** SQLite's own opinion of what a kill left behind, asked of a copy. */
async function isWhole(story, data) {
  const copy = join(await folder(story), 'copy');
  await cp(data, copy, { recursive: true });
  const databases = (await readdir(copy)).filter((name) => /\.(db|sqlite3?)$/.test(name));
  assert.ok(databases.length > 0, 'there is a database');
  for (const name of databases) {
    const { stdout } = await promisify(execFile)('python3', ['-c',
      'import sqlite3, sys; print(*[r[0] for r in sqlite3.connect(sys.argv[1]).execute("PRAGMA integrity_check")])',
      join(copy, name)]);
    assert.equal(stdout.trim(), 'ok', name);
  }
}

test(`${KILLS} kills lose nothing that was acknowledged`, async (story) => {
  let product = await start(story, { command: 'serve' });
  const { data, port } = product;

  // A place, its leader, and a token and a form of hers.
  const browser = await openBrowser(story);
  const ruth = (await person(browser, product)).page;
  await found(ruth, product);
  await addPlace(ruth, 'Thornbeck Primary School', 'Thornbeck');
  const { page: joan, context } = await person(browser, product);
  await signIn(joan, await giveRole(ruth, place, 'Joan Marsh', 'place leader'));
  await joan.goto('/you/tokens');
  await fill(joan, { 'What is it for?': 'attendance import', 'Read and change what I can change': true });
  await send(joan, 'Make a token');
  const token = await joan.getByRole('status').locator('.code').innerText();
  const shared = await setGoal(product, token, 'Attendance');
  const own = await setGoal(product, token, 'Lateness');
  await joan.goto(`/places/${place}/goals/${shared}`);
  const formToken = await joan.locator('input[name="form-token"]').first().inputValue();
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');

  const writers = [
    new Writer(shared, byForm(product, cookie, formToken, shared), 0),
    new Writer(shared, byApi(product, token, shared), 10_000),
    new Writer(own, byForm(product, cookie, formToken, own), 0),
    new Writer(own, byApi(product, token, own), 10_000),
  ];
  const draw = chance(20_081_226);
  let head = await logIsWhole(data);
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const before = writers.map((writer) => writer.acknowledged.size);
    const until = { stop: false };
    const running = writers.map((writer) => writer.run(until));
    // Each program has written something, then at any moment.
    const wrote = () => writers.every((writer, at) => writer.acknowledged.size > before[at]);
    for (let tries = 0; tries < 1_000 && !wrote(); tries += 1) await pause(10);
    await pause(300 * draw());
    await product.kill();
    until.stop = true;
    await Promise.all(running);
    writers.forEach((writer, at) => assert.ok(writer.acknowledged.size > before[at], `kill ${kill}: writer ${at} wrote nothing`));
    if (kill % 10 === 0) await isWhole(story, data);
    product = await start(story, { command: 'serve', data, port });
    await nothingIsLost(product, token, writers);
    head = await logIsWhole(data, head);
  }
  const acknowledged = writers.reduce((sum, writer) => sum + writer.acknowledged.size, 0);
  console.log(`${KILLS} kills, ${acknowledged} acknowledged writes, none lost, the log whole after each`);
});
