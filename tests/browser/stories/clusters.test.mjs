// A place says what it stands for, begins a cluster, and asks another place in.
import assert from 'node:assert/strict';
import test from 'node:test';

import { openBrowser, person } from '../browser.mjs';
import { fill, found, press, send } from '../city.mjs';
import { look, pagesSeen } from '../look.mjs';
import { start } from '../product.mjs';

test('two places with purposes of their own work together in a cluster', async (story) => {
  const product = await start(story, { command: 'serve' });
  const browser = await openBrowser(story);
  const { page, troubles } = await person(browser, product);
  await found(page, product);
  for (const name of ['Thornbeck Primary School', 'Kirkfold Primary School']) {
    await page.goto('/places/new');
    await fill(page, {
      'What is it called?': name,
      'Where is it?': 'Aireford',
      'What is it here for?': 'Every child leaves us a reader, and known by name.',
      'What does it stand for?': 'one\ntwo\nthree\nfour\nfive\nsix',
    });
    assert.equal(await press(page, 'Add the place'), 422);
    await look(page, 'a place with too many values');
    assert.match(await page.locator('main').innerText(), /Choose the 5 values that matter most/);
    await fill(page, { 'What does it stand for?': 'kind first\nevery voice counts' });
    await send(page, 'Add the place');
  }

  await page.goto('/places/thornbeck-primary-school/clusters');
  await fill(page, { 'What is it called?': 'Riverside Schools', 'What is it here for?': 'Reading on both banks of the river.' });
  await send(page, 'Begin the cluster');
  await fill(page, { 'Which place?': 'Primary School' });
  assert.equal(await press(page, 'Ask it in'), 422);
  await look(page, 'a cluster, asking a place that could be two');
  await fill(page, { 'Which place?': 'Kirkfold' });
  await send(page, 'Ask it in');
  await look(page, 'a cluster');

  await page.goto('/places/kirkfold-primary-school/clusters');
  await look(page, 'a place that was asked into a cluster');
  await send(page, /Come in/);
  await page.goto('/places/kirkfold-primary-school');
  assert.match(await page.locator('main').innerText(), /Riverside Schools/);
  await look(page, 'a place with values in a cluster');
  await page.goto('/clusters');
  await look(page, 'all clusters');
  assert.deepEqual(troubles, []);
  console.log(`${pagesSeen().length} pages looked at, on a phone and a desktop, by day and by night`);
});
