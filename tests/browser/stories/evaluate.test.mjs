// Evaluate my spreadsheet: no account, no plan, nothing kept.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';

import { openBrowser, person } from '../browser.mjs';
import { look, pagesSeen, reachByKeyboard } from '../look.mjs';
import { difference, folder, start } from '../product.mjs';

const choose = (page) => page.getByLabel(/Choose a spreadsheet/);
const read = (page) => page.getByRole('button', { name: 'Read the file' });
const seeTheAnswer = (page) => page.getByRole('button', { name: 'See what difference it made' });

/** Sends a file and gives the answer's status. */
async function send(page, name, content) {
  await page.goto('/evaluate');
  await choose(page).setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) });
  const [answer] = await Promise.all([page.waitForResponse(byPost), read(page).click()]);
  await page.waitForLoadState();
  return answer.status();
}
const byPost = (response) => response.request().method() === 'POST';

test('the example file leads to an answer, with the keyboard alone', async (story) => {
  const product = await start(story, { command: 'serve' });
  const browser = await openBrowser(story);
  const { page, troubles } = await person(browser, product);

  await page.goto('/');
  await page.locator('main').getByRole('link', { name: /spreadsheet/i }).first().click();
  await page.waitForURL('**/evaluate');
  await look(page, 'choose a file');

  await reachByKeyboard(page, page.getByRole('button', { name: 'Try it with an example file' }));
  await page.keyboard.press('Enter');
  await page.getByText('year4-reading.csv').first().waitFor();
  await look(page, 'say what each column is');
  assert.match(await page.locator('main').innerText(), /4 rows have no score after/);
  assert.doesNotMatch(await page.locator('main').innerText(), /\b[A-Z]\d{12}\b/, 'pupil numbers are masked');

  // Tab comes to the group of choices, the arrows move within it.
  await reachByKeyboard(page, page.getByLabel('Not sure'));
  await page.keyboard.press('ArrowDown');
  assert.ok(await page.getByLabel('Drawn by lot').isChecked());
  await reachByKeyboard(page, seeTheAnswer(page));
  await page.keyboard.press('Enter');
  await page.waitForURL('**/answer');
  await look(page, 'the answer');
  assert.match(await page.locator('h1').innerText(), /Pupils .* compared with/);
  assert.match(await page.locator('main').innerText(), /rung \d of 5/);

  await page.getByRole('link', { name: 'Change what the columns are' }).click();
  assert.ok(await page.getByLabel('Drawn by lot').isChecked(), 'what was said is still there');
  assert.deepEqual(troubles, []);
});

test('the page says what the command line says about the same file', async (story) => {
  const product = await start(story, { command: 'serve' });
  const browser = await openBrowser(story);
  const { page } = await person(browser, product);

  await page.goto('/evaluate');
  const address = await page.getByRole('link', { name: 'Download the example' }).getAttribute('href');
  const file = join(await folder(story), 'year4-reading.csv');
  await writeFile(file, await (await fetch(product.address + address)).text());

  assert.equal(await send(page, 'year4-reading.csv', await readFile(file)), 303);
  await page.getByLabel('Drawn by lot').check();
  await page.getByLabel(/^Yes: a test/).check();
  await seeTheAnswer(page).click();
  await page.waitForURL('**/answer');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'as JSON' }).click(),
  ]);
  const onThePage = JSON.parse(await readFile(await download.path(), 'utf8'));

  const { roles } = onThePage;
  const answer = await difference(
    'evaluate', file, '--format', 'json', '--allocation', 'lot', '--attainment',
    '--outcome', roles.outcome.column,
    '--treatment', roles.treatment.column, '--control', roles.treatment.comparison,
    ...(roles.block ? ['--block', roles.block.column] : []),
    ...roles.covariates.flatMap(({ column }) => ['--baseline', column]),
    ...roles.subgroups.flatMap(({ column }) => ['--subgroup', column]),
  );
  assert.equal(answer.code, 0, answer.stderr);
  const onTheCommandLine = JSON.parse(answer.stdout);
  assert.ok(onThePage.estimates.length > 0);
  assert.deepEqual(onThePage.estimates, onTheCommandLine.estimates);
  assert.deepEqual(onThePage.effect_sizes, onTheCommandLine.effect_sizes);
  assert.equal(onThePage.headline, onTheCommandLine.headline);
  assert.equal(onThePage.evidence.rung, onTheCommandLine.evidence.rung);
});

test('a file that cannot be read is refused in words, and the next one is welcome', async (story) => {
  const product = await start(story, { command: 'serve' });
  const browser = await openBrowser(story);
  const { page, troubles } = await person(browser, product);

  const refused = {
    'empty.csv': ['', /nothing in this file/],
    'headings.csv': ['group,score\n', /no rows under them/],
    'picture.png': [Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /./],
    'not-a-workbook.xlsx': [Buffer.from('504b030400000000', 'hex'), /./],
    'nul.csv': ['group,score\na,1\nb,\0\n', /Row 3/],
    'ragged.csv': ['group,score\na,1\nb,2,3,4,5\n', /Row 3|row 3/],
  };
  for (const [name, [content, words]] of Object.entries(refused)) {
    assert.equal(await send(page, name, content), 422, name);
    assert.match(await page.title(), /^Error: /, name);
    const problem = page.getByRole('alert');
    assert.match(await problem.innerText(), words, name);
    assert.ok(await problem.evaluate((element) => element === document.activeElement), `${name}: the focus is on the problem`);
    await problem.getByRole('link').first().click();
    assert.ok(await choose(page).evaluate((element) => element === document.activeElement), `${name}: its link leads to the field`);
    await look(page, 'a file that could not be read');
  }

  await page.goto('/evaluate');
  await read(page).click();
  assert.match(await page.getByRole('alert').innerText(), /Choose the file/);
  assert.equal(await send(page, 'fine.csv', 'group,score\na,1\nb,2\na,2\nb,4\na,3\nb,3\n'), 303);
  assert.deepEqual(troubles, []);
});

test('one group alone is a question, and what the trial cannot say is an answer', async (story) => {
  const product = await start(story, { command: 'serve' });
  const browser = await openBrowser(story);
  const { page, troubles } = await person(browser, product);

  await send(page, 'one-group.csv', 'group,score\na,1\na,2\na,3\n');
  assert.match(await page.locator('main').innerText(), /A comparison needs two groups/);
  await seeTheAnswer(page).click();
  assert.match(await page.title(), /^Error: /);
  await look(page, 'columns that do not fit');

  await send(page, 'constant.csv', 'group,score\na,5\nb,5\na,5\nb,5\na,5\nb,5\n');
  await page.getByLabel('What is score?').selectOption({ label: 'Score after' });
  await page.getByLabel('What is group?').selectOption({ label: 'Which group' });
  await seeTheAnswer(page).click();
  await page.waitForURL('**/answer');
  assert.match(await page.locator('h1').innerText(), /cannot say/i);
  await look(page, 'cannot say');
  assert.deepEqual(troubles, []);
});

test('without scripts it is the same, and afterwards it is forgotten', async (story) => {
  const product = await start(story, { command: 'serve' });
  const browser = await openBrowser(story);
  const { page, troubles } = await person(browser, product, { scripts: false, width: 390, height: 844 });

  await send(page, 'reading.csv', 'group,before,after\na,1,3\nb,2,2\na,2,5\nb,1,2\na,3,6\nb,3,5\na,2,4\nb,2,3\n');
  await page.getByLabel('Drawn by lot').check();
  await seeTheAnswer(page).click();
  await page.waitForURL('**/answer');
  assert.match(await page.locator('h1').innerText(), /compared with/);
  const answer = page.url();

  // Nobody else can see it, with the very same address.
  const { page: stranger } = await person(browser, product);
  assert.equal((await stranger.goto(answer)).status(), 410);
  assert.doesNotMatch(await stranger.locator('main').innerText(), /reading\.csv|compared with/);

  await page.getByRole('button', { name: 'Forget it now' }).click();
  assert.equal((await page.goto(answer)).status(), 410, 'it is gone');
  assert.deepEqual(troubles, []);
  console.log(`${pagesSeen().length} pages looked at, on a phone and a desktop, by day and by night`);
});
