// The loop, told once as the people who walk it: a teacher plans, a leader approves, the teacher
// brings the scores, the leader reports and shares, a teacher elsewhere tries it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';

import { openBrowser, person } from '../browser.mjs';
import {
  addPlace, bringScores, classList, fill, found, giveRole, planTrial, press, scores, send, signIn, today,
} from '../city.mjs';
import { look, pagesSeen } from '../look.mjs';
import { start } from '../product.mjs';

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
  await found(ruth, product);
  await looked(ruth, 'the network');
  await addPlace(ruth, 'Thornbeck Primary School', 'Thornbeck');
  await addPlace(ruth, 'Oakshaw Primary School', 'Oakshaw');
  const joan = await meet();
  await signIn(joan, await giveRole(ruth, 'thornbeck-primary-school', 'Joan Marsh', 'place leader'));
  await looked(ruth, 'people of a place');

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
  await joan.getByRole('link', { name: 'Morning reading' }).click();
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

  // No pupil's name is anywhere in what is kept.
  const kept = await everythingKept(product.data);
  assert.ok(kept.includes('Amina Rashid'), 'what is kept was read');
  for (const { name } of list) assert.ok(!kept.includes(name), `${name} is kept`);

  for (const each of troubles) assert.deepEqual(each, []);
}

test('the whole loop, each page looked at', async (story) => {
  await walk(story, { scripts: true, looked: look });
  console.log(`${pagesSeen().length} pages looked at, on a phone and a desktop, by day and by night`);
});

test('the whole loop without scripts', async (story) => {
  await walk(story, { scripts: false, looked: async () => {} });
});
