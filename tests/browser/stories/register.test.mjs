// Whoever leads the network brings the register of schools, and then a list of other places.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';

import { openBrowser, person } from '../browser.mjs';
import { fill, found, press, send } from '../city.mjs';
import { look, pagesSeen } from '../look.mjs';
import { folder, start } from '../product.mjs';

const headings = ['URN', 'LA (code)', 'LA (name)', 'EstablishmentName', 'EstablishmentStatus (code)', 'CloseDate', 'PhaseOfEducation (name)', 'NumberOfPupils', 'Town'];
const csv = (rows) => `${[headings, ...rows].map((row) => row.map((cell) => `"${cell}"`).join(',')).join('\r\n')}\r\n`;

const aireford = [383, 'Aireford'];
const first = csv([
  [999001, ...aireford, 'Thornbeck Primary School', 1, '', 'Primary', 210, 'Aireford'],
  [999002, ...aireford, 'Kirkfold Primary School', 1, '', 'Primary', 315, 'Aireford'],
  [999003, ...aireford, 'Oakshaw High School', 1, '', 'Secondary', 940, 'Aireford'],
  [999004, 380, 'Hunslow', 'Hunslow Green Primary School', 1, '', 'Primary', 180, 'Hunslow'],
]);
const newer = csv([
  [999001, ...aireford, 'Thornbeck Primary School', 2, '31-08-2026', 'Primary', 210, 'Aireford'],
  [999101, ...aireford, 'Thornbeck Primary Academy', 1, '', 'Primary', 214, 'Aireford'],
  [999002, ...aireford, 'Kirkfold Primary School', 2, '31-08-2026', 'Primary', 315, 'Aireford'],
  [999003, ...aireford, 'Oakshaw School', 1, '', 'Secondary', 951, 'Aireford'],
]);
const links = 'URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\r\n999101,999001,Thornbeck Primary School,Predecessor,01-09-2026\r\n';

for (const scripts of [true, false]) {
  test(`the register is looked at, brought, and brought up to date, ${scripts ? 'with' : 'without'} scripts`, async (story) => {
    const files = await folder(story);
    const file = async (name, content) => {
      await writeFile(join(files, name), content);
      return join(files, name);
    };
    const product = await start(story, { command: 'serve' });
    const browser = await openBrowser(story);
    const { page, troubles } = await person(browser, product, { scripts });
    const see = scripts ? (name) => look(page, name) : async () => {};
    await found(page, product);
    await page.getByRole('link', { name: 'Bring a list of places' }).click();
    await see('bringing a list of places');
    assert.equal(await press(page, 'Read the file'), 422);
    await see('bringing a list of places, without a file');

    await page.getByLabel('Choose the list, or drop it here').setInputFiles(await file('edubasealldata.csv', first));
    await send(page, 'Read the file');
    await page.getByLabel('Aireford, 3 schools').check();
    await send(page, 'Look what would happen');
    await see('what a register would do, at first');
    await send(page, 'Bring them');
    await see('what an import did');
    assert.match(await page.locator('main').innerText(), /3 places were added/);

    await page.goto('/network/import');
    await page.getByLabel('Choose the list, or drop it here').setInputFiles(await file('newer.csv', newer));
    await page.getByLabel('The register’s links, if you have them').setInputFiles(await file('links.csv', links));
    await send(page, 'Read the file');
    const would = await page.locator('main').innerText();
    assert.match(would, /1 place would be changed, 1 place would be carried on under another number and 1 place would be marked as closed/);
    await see('what a newer register would do');
    await send(page, 'Bring them');
    await page.goto('/places/thornbeck-primary-school');
    assert.equal((await page.goto('/places/kirkfold-primary-school')).status(), 200);
    assert.match(await page.locator('main').innerText(), /It closed on 31 August 2026/);
    await see('a place that has closed');

    await page.goto('/network/import');
    const list = 'Setting,Ref,Town,Contact\r\nMill Lane Children’s Centre,C1,Aireford,Lynne Fairhurst\r\nRiverside Youth Club,C2,Hunslow,\r\n';
    await page.getByLabel('Choose the list, or drop it here').setInputFiles(await file('centres.csv', list));
    await send(page, 'Read the file');
    await see('what the columns of a list are');
    assert.equal(await press(page, 'Look what would happen'), 422);
    await see('a list without a name');
    await fill(page, { 'What is this list called?': 'family services', 'What they are, where no column says it': { option: 'children’s centre' } });
    await send(page, 'Look what would happen');
    await see('what a list would do');
    await send(page, 'Bring them');
    await page.goto('/network');
    await see('the network with its places');
    assert.deepEqual(troubles, []);
    if (scripts) console.log(`${pagesSeen().length} pages looked at, on a phone and a desktop, by day and by night`);
  });
}
