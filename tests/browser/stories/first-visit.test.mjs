// Somebody who has no account looks around: the pages that are open to everybody.
import assert from 'node:assert/strict';
import test from 'node:test';

import { openBrowser, person } from '../browser.mjs';
import { look, pagesSeen, reachByKeyboard } from '../look.mjs';
import { start } from '../product.mjs';

test('a stranger finds the way from the home page to every open page', async (story) => {
  const product = await start(story, { command: 'serve' });
  const browser = await openBrowser(story);
  const { page, troubles } = await person(browser, product);

  await page.goto('/');
  await look(page, 'home, to a stranger');

  // Every link on the home page and in the footer leads somewhere.
  const links = await page.$$eval('a[href^="/"]', (all) => [...new Set(all.map((link) => link.getAttribute('href')))]);
  assert.ok(links.length > 3, 'the home page has links');
  for (const link of links) {
    const answer = await page.goto(link);
    assert.equal(answer.status(), 200, link);
    if (answer.headers()['content-type'].startsWith('text/html')) await look(page, link);
  }

  await page.goto('/no/such/page');
  await look(page, 'a page that is not there');

  assert.deepEqual(troubles, []);
  console.log(`${pagesSeen().length} pages looked at, on a phone and a desktop, by day and by night`);
});

test('the first page lets a keyboard skip to its main part', async (story) => {
  const product = await start(story, { command: 'serve' });
  const browser = await openBrowser(story);
  const { page } = await person(browser, product);
  await page.goto('/');
  assert.equal(await reachByKeyboard(page, page.locator('a.skip')), 1);
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'main');
});

test('every answer carries the headers that keep a browser safe', async (story) => {
  const product = await start(story, { command: 'serve' });
  for (const path of ['/', '/evaluate', '/no/such/page']) {
    const { headers } = await fetch(product.address + path);
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'|default-src 'self'/, path);
    assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval/, path);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
    assert.ok(headers.get('referrer-policy'), path);
  }
});
