// The demo: a city that is there at the first start, with a link for each kind of guest; every page
// that a guest can reach is looked at, and no link leads nowhere.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';

import { openBrowser, person } from '../browser.mjs';
import { fill, send } from '../city.mjs';
import { look, pagesSeen } from '../look.mjs';
import { folder, start } from '../product.mjs';

/** The links that the demo printed: where each leads, as a path. */
const guestLinks = (product) => [...product.said().matchAll(/https?:\/\/[^/\s]+(\/sign-in\/demo\/\S+)/g)].map(([, path]) => path);

/** What kind of page it is: its address without names, its parts, and what can be done on it. */
async function kindOf(page) {
  const parts = new URL(page.url()).pathname.split('/');
  const path = parts.map((part, at) => (
    /^(places|trials|practices|goals)$/.test(parts[at - 1]) && part !== 'new' ? '…' : part)).join('/');
  const headings = await page.locator('main h2').allTextContents();
  const doing = await page.locator('main button').evaluateAll((all) => all.map((button) => button.firstChild?.textContent.trim()));
  return `${path}: ${[...new Set([...headings, ...doing])].join(', ')}`;
}

/** Walks every link from the page where the guest is; a link that signs out or leads away is left. */
async function wander(page, product) {
  const waiting = [new URL(page.url()).pathname];
  const known = new Set(waiting);
  while (waiting.length > 0) {
    const path = waiting.shift();
    const answer = await page.context().request.get(path, { maxRedirects: 5 });
    assert.ok(answer.status() < 400, `${path} answers ${answer.status()}`);
    if (!answer.headers()['content-type']?.startsWith('text/html')) continue;
    await page.goto(path);
    await look(page, await kindOf(page));
    const links = await page.$$eval('a[href]', (all) => all.map((link) => link.href));
    for (const link of links.map((href) => new URL(href))) {
      const next = link.pathname + link.search;
      if (link.origin === product.address && !known.has(next)) {
        known.add(next);
        waiting.push(next);
      }
    }
  }
  return known.size;
}

test('each guest finds a city without a dead end', async (story) => {
  const product = await start(story, { command: 'demo' });
  const browser = await openBrowser(story);
  const links = guestLinks(product);
  assert.equal(links.length, 4, `a teacher, a head, a governor and the network lead:\n${product.said()}`);
  for (const link of [undefined, ...links]) {
    const { page, troubles } = await person(browser, product);
    await page.goto(link ?? '/');
    const found = await wander(page, product);
    console.log(`${found} addresses found ${link ? `by ${await page.locator('.masthead a').last().innerText()}` : 'without an account'}`);
    assert.deepEqual(troubles, []);
  }
  console.log(`${pagesSeen().length} pages looked at, on a phone and a desktop, by day and by night`);
});

test('a second start keeps what was changed', async (story) => {
  const data = join(await folder(story), 'demo');
  const first = await start(story, { command: 'demo', data });
  const browser = await openBrowser(story);
  const links = guestLinks(first);
  const { page } = await person(browser, first);
  await page.goto(links.at(-1));
  await page.goto('/places/new');
  await fill(page, { 'What is it called?': 'A place of my own' });
  await send(page, 'Add the place');
  await first.end();

  const second = await start(story, { command: 'demo', data });
  const { page: again } = await person(browser, second);
  await again.goto('/');
  await again.getByText('A place of my own').waitFor();
});
