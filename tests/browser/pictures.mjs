// The README's pictures: real pages of the demo, on a phone and a desktop, by day and by night.
// Called by `cargo xtask pictures` with the folder that they are written to.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { openBrowser, person } from './browser.mjs';
import { start } from './product.mjs';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('Say which folder the pictures go to.');

const desktop = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };
const thornbeck = '/places/thornbeck';

/** Follows the first link of this name in the main part. */
const follow = (page, name) => page.locator('main').getByRole('link', { name }).first().click();

/** Each picture: who looks, how they come to the page, and which part stands at its top. */
const pictures = {
  home: { who: /a head/, come: (page) => page.goto(thornbeck) },
  plan: {
    who: /a teacher/,
    come: async (page) => {
      await page.goto(thornbeck);
      await follow(page, /Gate greeters/);
      await page.getByRole('navigation', { name: 'Steps in this plan' }).getByRole('link', { name: /Comparison/ }).click();
    },
  },
  result: {
    come: async (page) => {
      await page.goto('/practices');
      await follow(page, 'Morning reading group');
      await page.getByText('What each place said').click();
      await follow(page, /Thornbeck/);
    },
  },
  practice: {
    top: '#evidence',
    come: async (page) => {
      await page.goto('/practices');
      await follow(page, 'Morning reading group');
    },
  },
  evaluate: {
    come: async (page) => {
      await page.goto('/evaluate');
      await page.getByRole('button', { name: 'Try it with an example file' }).click();
    },
  },
};

/** What is to be tidied away when all is done, latest first. */
const tidy = [];
const story = { after: (action) => tidy.unshift(action) };

try {
  await mkdir(folder, { recursive: true });
  const product = await start(story, { command: 'demo' });
  const browser = await openBrowser(story);
  for (const [name, { who, come, top }] of Object.entries(pictures)) {
    const { page } = await person(browser, product);
    if (who) {
      const line = product.said().split('\n').find((each) => who.test(each));
      await page.goto(line.match(/\/sign-in\/demo\/\S+/)[0]);
    }
    await come(page);
    for (const [size, viewport] of Object.entries({ desktop, phone })) {
      for (const colorScheme of ['light', 'dark']) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        await page.evaluate((part) => {
          document.activeElement?.blur();
          window.scrollTo(0, 0);
          document.querySelector(part)?.scrollIntoView({ behavior: 'instant' });
        }, top ?? 'body');
        const file = `${name}-${size}${colorScheme === 'dark' ? '-dark' : ''}.png`;
        await page.screenshot({ path: join(folder, file), animations: 'disabled' });
        console.log(file);
      }
    }
    await page.context().close();
  }
} finally {
  for (const action of tidy) await action();
}
