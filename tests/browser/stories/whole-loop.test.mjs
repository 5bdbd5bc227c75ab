// The loop, told once as the people who walk it: a teacher plans, a leader approves, the teacher
// brings the scores, the leader reports and shares, a teacher elsewhere tries it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';

import { openBrowser, person } from '../browser.mjs';
import {
  addPlace, bringList, bringScores, chance, classList, fill, found, giveRole, planTrial, press, scores, send, signIn, today,
} from '../city.mjs';
import { look, pagesSeen } from '../look.mjs';
import { difference, folder, start } from '../product.mjs';

const idea = {
  'What is it called?': 'Morning reading',
  'What will you do?': 'Two teaching assistants read with groups of four before school, three times a week.',
  'What should it change?': 'Does a reading group before school improve reading?',
  'What will you measure?': 'reading',
  'How will you measure it?': 'A standardised reading test, marked by somebody who does not know the groups.',
  Numbers: true,
  'Numbers: in what unit?': 'points',
  'Higher is better': true,
  'It is attainment in a subject': true,
  'We have, or will have, a score from before for each pupil': true,
};
const comparison = {
  'Draw lots between pupils': true,
  'What do you call the group that gets it?': 'morning reading',
  'And the other group?': 'usual',
  'The other group gets it next, if it helps': true,
  'How many pupils can take part?': '60',
  'What is the smallest change that would be worth the effort?': '2',
  'How far do pupils differ on this measure?': '15',
};

const practice = {
  'What is it called?': 'Morning reading',
  'What it is': 'Two teaching assistants read with groups of four before school.',
  'How to begin': 'Choose the pupils.\nAgree the three mornings.',
  'What to keep, and what is free to change': 'Keep the groups small. The books are yours to choose.',
};

/** A number as people read it, with a real minus. */
const read = (text) => Number(text.replace('−', '-')) + 0;
const toTwoDecimals = (number) => Number(number.toFixed(2)) + 0; // −0 is 0

/** The pool on the page is what `difference pool` says about the same numbers. */
async function poolIsTheCommandLines(story, page, address, k) {
  const file = join(await folder(story), 'results.csv');
  await writeFile(file, await (await page.context().request.get(`${address}/results.csv`)).body());
  const columns = ['--effect', 'effect', '--variance', 'variance', '--study', 'study', '--date', 'date', '--rung', 'rung'];
  const answer = await difference('pool', file, ...columns, '--attainment', '--format', 'json');
  assert.equal(answer.code, 0, answer.stderr);
  const pool = JSON.parse(answer.stdout);
  const average = pool.estimates.find(({ primary }) => primary);
  assert.equal(pool.k, k);

  await page.goto(address);
  const text = await page.locator('main').innerText();
  const said = text.match(/from (\S+) standard deviations \((\S+) to ([^\s)]+)\)/);
  assert.ok(said, `the page says the average and its interval:\n${text}`);
  const { lower, upper } = average.interval;
  assert.deepEqual(said.slice(1).map(read), [average.estimate, lower, upper].map(toTwoDecimals));
  const places = text.match(/One place so far|across the (\w+) places that tried it/);
  assert.equal({ undefined: 1, two: 2, three: 3 }[places?.[1]], k, places?.[0]);
  const inThePlot = await page.locator('.forest tbody th').filter({ hasText: 'pupils' }).filter({ hasNotText: 'average' }).count();
  assert.equal(inThePlot, k, 'one line of the forest plot a result');
}

const goal = {
  'What will you measure?': 'Attendance',
  'How is it counted?': 'Half-days attended, whole school, each week',
  'In what unit?': '%',
  'Where do you stand now?': '93.4',
  'Where do you want to be?': '96',
  'By when?': '2099-07-16',
};
const daysAgo = (days) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** Twenty weeks of attendance, as two columns of a spreadsheet. */
function weeks() {
  const draw = chance(3);
  return Array.from({ length: 20 }, (_, at) => `${daysAgo(7 * (20 - at))}\t${(92.5 + 2 * draw()).toFixed(1)}`).join('\n');
}

/** Every byte that the product keeps. */
async function everythingKept(data) {
  const entries = await readdir(data, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Buffer.concat(await Promise.all(files.map((file) => readFile(join(file.parentPath ?? file.path, file.name)))));
}

/** Walks the loop with scripts, looked at on every page, or without them. */
async function walk(story, { scripts, looked }) {
  const product = await start(story, { command: 'serve' });
  const browser = await openBrowser(story);
  const troubles = [];
  const meet = async () => {
    const met = await person(browser, product, { scripts });
    troubles.push(met.troubles);
    return met.page;
  };

  // The network lead sets the network up and gives each place its leader.
  const ruth = await meet();
  await found(ruth, product, look);
  await looked(ruth, 'the network');
  await addPlace(ruth, 'Thornbeck Primary School', 'Thornbeck');
  await addPlace(ruth, 'Oakshaw Primary School', 'Oakshaw');
  const joan = await meet();
  await signIn(joan, await giveRole(ruth, 'thornbeck-primary-school', 'Joan Marsh', 'place leader'));
  await looked(ruth, 'people of a place');

  // She sets a goal and brings the weeks that there are already; a wrong one is corrected.
  await joan.goto('/places/thornbeck-primary-school/goals/new');
  await looked(joan, 'set a goal');
  await fill(joan, goal);
  await send(joan, 'Set this goal');
  await looked(joan, 'a goal without a value');
  await joan.getByText('Paste many at once').click();
  await joan.getByLabel('Dates and values').fill(weeks());
  await send(joan, 'Save these values');
  await looked(joan, 'a goal with its run chart');
  await fill(joan, { Date: daysAgo(7), Value: '93.9', 'If it corrects another value: why?': 'a late register' });
  await send(joan, 'Save this value');
  await joan.getByText('Who entered what, and when').click();
  assert.match(await joan.locator('main').innerText(), /93\.9[\s\S]*a late register/);

  // The leader brings in a teacher, who plans a trial.
  const amina = await meet();
  await signIn(amina, await giveRole(joan, 'thornbeck-primary-school', 'Amina Rashid', 'teacher'));
  await looked(amina, 'a place without a trial');
  await send(amina, 'Plan a trial');
  const list = classList(60, 7);
  const groups = await planTrial(amina, { idea, comparison, today: today() }, list, looked);
  await send(amina, 'Ask the place leader to approve it');
  await looked(amina, 'plan: waiting for approval');

  // Nobody can bring scores before the plan is locked; the leader locks it with one tap.
  const trial = new URL(amina.url()).pathname.match(/^\/trials\/[^/]+/)[0];
  assert.notEqual((await amina.goto(`${trial}/scores`)).url().endsWith('/scores') && await amina.locator('textarea').count(), 1);
  await joan.goto('/places/thornbeck-primary-school');
  await looked(joan, 'a place with a plan to approve');
  await joan.getByRole('link', { name: 'Approve the plan for “Morning reading”' }).click();
  await looked(joan, 'plan: approve');
  await send(joan, 'Approve and lock');
  await looked(joan, 'a trial under way');

  // The locked plan can be taken away, and its fingerprint is what the page says.
  const plan = await (await joan.context().request.get(`${trial}/plan.json`)).body();
  const fingerprint = createHash('sha256').update(plan).digest('hex');
  await joan.getByRole('link', { name: 'Read the whole plan' }).click();
  await looked(joan, 'the locked plan');
  assert.ok((await joan.locator('main').textContent()).includes(fingerprint), 'the plan’s SHA-256');
  await joan.goto(`${trial}/families`);
  await looked(joan, 'a note for families');

  // The teacher brings the scores.
  await amina.goto(trial);
  await amina.getByRole('link', { name: 'Bring the scores' }).click();
  await looked(amina, 'bring the scores');
  const brought = scores(list, groups, { group: 'morning reading', gain: 4, seed: 11 });
  const misspelt = brought.map((pupil, at) => (at === 3 ? { ...pupil, name: 'Dinah Ahmad' } : pupil));
  await bringScores(amina, misspelt);
  await fill(amina, { 'When was it measured?': today() });
  assert.equal(await press(amina, 'See what difference it made'), 422);
  assert.match(await amina.locator('h1').innerText(), /59 of 60 matched; one name is not on the list/);
  await looked(amina, 'bring the scores: which pupil is it?');
  await bringScores(amina, brought);
  await send(amina, 'See what difference it made');
  await looked(amina, 'a result before it is reported');
  assert.match(await amina.locator('h1').innerText(), /“morning reading” group (may have )?made .*compared with pupils drawn by lot/);

  // The leader reports it: from now on anybody can read it.
  await joan.goto(trial);
  await send(joan, 'Report this result');
  const stranger = await meet();
  assert.equal((await stranger.goto(trial)).status(), 200);
  await looked(stranger, 'a reported result, to a stranger');
  assert.match(await stranger.locator('main').innerText(), /The plan was locked before the results were known/);

  // She shares what was done as a practice; its evidence is attached and has no field to edit.
  await joan.goto(trial);
  await joan.getByRole('link', { name: 'Share as a practice' }).click();
  await looked(joan, 'share as a practice');
  await fill(joan, practice);
  await send(joan, 'Share it');
  const address = new URL(joan.url()).pathname;
  await looked(joan, 'a practice with one result');
  await poolIsTheCommandLines(story, stranger, address, 1);

  // A teacher elsewhere tries it: most of the plan is filled in. Her leader locks it.
  const kofi = await meet();
  await signIn(kofi, await giveRole(ruth, 'oakshaw-primary-school', 'Kofi Mensah', 'place leader'));
  const dot = await meet();
  await signIn(dot, await giveRole(kofi, 'oakshaw-primary-school', 'Dot Haigh', 'teacher'));
  await dot.goto('/practices');
  await looked(dot, 'all practices');
  await dot.getByRole('link', { name: practice['What is it called?'] }).click();
  await looked(dot, 'a practice, to a teacher elsewhere');
  await send(dot, 'Try it here');
  await looked(dot, 'plan: an adopted idea');
  assert.equal(await dot.getByLabel('What will you measure?').inputValue(), 'reading');
  await send(dot, 'Save and continue');
  await send(dot, 'Save and continue');
  const elsewhere = classList(60, 23);
  const theirs = await bringList(dot, elsewhere);
  await dot.getByRole('link', { name: 'I have saved it: go on' }).click();
  await fill(dot, { 'When does it start?': today(), 'When will you measure?': today() });
  await send(dot, 'Save and continue');
  await send(dot, 'Ask the place leader to approve it');
  const second = new URL(dot.url()).pathname.match(/^\/trials\/[^/]+/)[0];
  await kofi.goto(second);
  await send(kofi, 'Approve and lock');
  await stranger.goto(address);
  await looked(stranger, 'a practice that is being tried elsewhere');
  await poolIsTheCommandLines(story, stranger, address, 1);

  // Her result joins the pool at once.
  await dot.goto(`${second}/scores`);
  await bringScores(dot, scores(elsewhere, theirs, { group: 'morning reading', gain: 1, seed: 29 }));
  await fill(dot, { 'When was it measured?': today() });
  await send(dot, 'See what difference it made');
  await send(dot, 'Report this result');
  await looked(dot, 'a reported result of an adoption');
  await stranger.goto(address);
  await looked(stranger, 'a practice with two results');
  await poolIsTheCommandLines(story, stranger, address, 2);

  // A result that was wrong leaves the pool, and a note stays in its place.
  await kofi.goto(second);
  await kofi.getByText('Withdraw this result').click();
  await fill(kofi, { 'Why is it wrong?': 'Two classes were swapped by mistake' });
  await send(kofi, 'Withdraw it');
  await looked(kofi, 'a withdrawn result');
  await stranger.goto(address);
  assert.match(await stranger.locator('main').innerText(), /Two classes were swapped by mistake/);
  await looked(stranger, 'a practice with a withdrawn result');
  await poolIsTheCommandLines(story, stranger, address, 1);

  // No pupil's name is anywhere in what is kept.
  const kept = await everythingKept(product.data);
  assert.ok(kept.includes('Amina Rashid'), 'what is kept was read');
  for (const { name } of [...list, ...elsewhere]) assert.ok(!kept.includes(name), `${name} is kept`);

  for (const each of troubles) assert.deepEqual(each, []);
}

test('the whole loop, each page looked at', async (story) => {
  await walk(story, { scripts: true, looked: look });
  console.log(`${pagesSeen().length} pages looked at, on a phone and a desktop, by day and by night`);
});

test('the whole loop without scripts', async (story) => {
  await walk(story, { scripts: false, looked: async () => {} });
});
