// What people do in the city, as they do it: by reading labels, filling fields and pressing buttons.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

/** A number from 0 to 1 that is the same in every run: the arithmetic of Park and Miller. */
export function chance(seed) {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const isPost = (response) => response.request().method() === 'POST';

/** Presses a button that sends a form, and gives the status of what came back. */
export async function press(page, name, where = page) {
  const [answer] = await Promise.all([
    page.waitForResponse(isPost),
    where.getByRole('button', { name, exact: typeof name === 'string' }).first().click(),
  ]);
  await page.waitForLoadState();
  return answer.status();
}

/** The same, for a form that must be taken. */
export async function send(page, name, where = page) {
  const status = await press(page, name, where);
  const problems = status >= 400 ? await page.locator('main').innerText() : '';
  assert.ok(status < 400, `“${name}” was refused with ${status}:\n${problems}`);
}

/** Fills fields by their labels: text as it is, true for a box or a choice, { option } for a list. */
export async function fill(page, fields) {
  for (const [label, value] of Object.entries(fields)) {
    const field = page.getByLabel(label, { exact: true });
    if (value === true) await field.check();
    else if (typeof value === 'object') await field.selectOption({ label: value.option });
    else await field.fill(value);
  }
}

/** What a phone shows for a key in base 32 at a half minute since 1970 (RFC 6238). */
function phoneCode(key, step) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...key.replaceAll(' ', '')].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
/** Each person's phone: the key in it, and the half minute whose code was last used. */
const phones = new Map();

/** The second step at sign-in, where it is asked: set up the first time, taken after that. */
export async function secondStep(page, email, seen = async () => {}) {
  if (!new URL(page.url()).pathname.startsWith('/you/second-step')) return;
  const now = Math.floor(Date.now() / 30_000);
  const isTaken = await page.getByRole('heading', { name: 'Now the code from your phone' }).count();
  const phone = isTaken ? phones.get(email) : undefined;
  if (phone) {
    // Each code works once; a phone that is half a minute fast is still believed.
    const step = Math.max(now, phone.used + 1);
    await fill(page, { Code: phoneCode(phone.key, step) });
    phone.used = step;
    await send(page, 'Go on');
    return;
  }
  await seen(page, 'setting up a second step');
  const key = await page.locator('span.code').innerText();
  phones.set(email, { key, used: now });
  await fill(page, { 'The code that the app shows now': phoneCode(key, now) });
  await send(page, 'Set it up');
  await seen(page, 'recovery codes');
  await page.getByRole('link', { name: 'I have kept them: go on' }).click();
}

export const password = 'blue kettle on the hill';

/** Whoever started the server sets the network up, by the link that it printed. */
export async function found(page, product, seen = async () => {}) {
  const link = product.said().match(/\/set-up\/\S+/)?.[0];
  assert.ok(link, `the server printed a link to set the network up:\n${product.said()}`);
  await page.goto(link);
  await fill(page, {
    'What is it called?': 'Aireford Learning Network',
    'What is it here for?': 'Every child in Aireford known, stretched and ready for the world they are growing into.',
    'What does it stand for?': 'fair\nopen',
    'Your name': 'Ruth Adeyemi',
    'Your telephone number': '0113 496 0118',
    'Your work email': 'ruth.adeyemi@example.org',
    'A password': password,
  });
  await send(page, 'Set it up');
  await secondStep(page, 'ruth.adeyemi@example.org', seen);
}

/** The network lead adds a place. */
export async function addPlace(page, name, town) {
  await page.goto('/places/new');
  await fill(page, { 'What is it called?': name, 'Where is it?': town });
  await send(page, 'Add the place');
}

/** Somebody who may gives a role; the answer is the password that is shown this once. */
export async function giveRole(page, place, name, role) {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@example.org`;
  await page.goto(`/places/${place}/people`);
  await fill(page, { Name: name, 'Work email': email });
  await page.getByLabel(role, { exact: true }).check();
  await send(page, 'Give the role');
  const shown = await page.getByRole('status').innerText();
  const [, secret] = shown.match(/the password (.+?), then/) ?? [];
  assert.ok(secret, shown);
  return { email, secret };
}

/** Signs in with what the leader passed on. */
export async function signIn(page, { email, secret }) {
  await page.goto('/sign-in');
  await fill(page, { 'Work email': email, Password: secret });
  await send(page, 'Sign in');
  await secondStep(page, email);
}

/** A class list: invented names, with a score from before. */
export function classList(pupils, seed) {
  const first = ['Amir', 'Beth', 'Callum', 'Dina', 'Ewan', 'Farah', 'Grace', 'Hassan', 'Isla', 'Jakub'];
  const last = ['Ahmed', 'Booth', 'Clarke', 'Dobson', 'Evans', 'Firth', 'Green', 'Hussain', 'Ibbotson', 'Jagger'];
  const draw = chance(seed);
  return Array.from({ length: pupils }, (_, at) => ({
    name: `${first[at % 10]} ${last[Math.floor(at / 10) % 10]}`,
    before: Math.round(85 + 30 * draw()),
  }));
}

/** Rows of a table in the page as arrays of words. */
export const rows = (page, caption) => page
  .getByRole('table', { name: caption })
  .locator('tbody tr')
  .evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.innerText.trim())));

/** Brings the list of pupils; the answer says who is in which group, read from the key sheet. */
export async function bringList(page, list) {
  await page.getByLabel('Paste the list').fill(['name\tbefore', ...list.map((p) => `${p.name}\t${p.before}`)].join('\n'));
  await send(page, /^Bring the list/);
  const groups = new Map((await rows(page, 'Pupils with their codes and groups')).map(([who, , group]) => [who, group]));
  assert.equal(groups.size, list.length);
  return groups;
}

/** Scores as a trial would bring them: what was there before, luck, and what the group got. */
export function scores(list, groups, { group, gain, seed }) {
  const draw = chance(seed);
  return list.map((pupil) => {
    const luck = 12 * (draw() + draw() + draw() - 1.5);
    return { name: pupil.name, after: Math.round(pupil.before + 2 + luck + (groups.get(pupil.name) === group ? gain : 0)) };
  });
}

/** The plan's four screens, from “Plan a trial” to the page that locks it. `seen` looks at each. */
export async function planTrial(page, plan, list, seen) {
  await seen(page, 'plan: the idea');
  await fill(page, plan.idea);
  await send(page, 'Save and continue');
  await seen(page, 'plan: the comparison');
  await fill(page, plan.comparison);
  await send(page, 'Work out what we could notice');
  await seen(page, 'plan: what it could notice');
  await send(page, 'Save and continue');
  await seen(page, 'plan: the people');
  const groups = await bringList(page, list);
  await seen(page, 'plan: the key sheet');
  await page.getByRole('link', { name: 'I have saved it: go on' }).click();
  await seen(page, 'plan: the people are here');
  await fill(page, { 'When does it start?': plan.today, 'When will you measure?': plan.today });
  await send(page, 'Save and continue');
  await seen(page, 'plan: check and lock');
  return groups;
}

/** Today, as a date field takes it, in the network's time zone. */
export const today = () => new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' }).format(new Date());

/** Brings scores by paste. */
export async function bringScores(page, all) {
  await page.getByLabel('Paste two columns').fill(['name\tafter', ...all.map((p) => `${p.name}\t${p.after}`)].join('\n'));
}
