// What must hold of every page, on a phone and a desktop, by day and by night.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 900 };
const schemes = ['light', 'dark'];

/** Pages already looked at, by what the story calls them. */
const seen = new Map();

/** The names of all pages looked at, for the story's last line. */
export const pagesSeen = () => [...seen.keys()];

/**
 * Looks at the page as it stands. `name` says which page and in which state; another page of the
 * same name is only held to the basics, on a phone.
 */
export async function look(page, name) {
  const before = page.viewportSize();
  if (seen.has(name)) {
    await page.setViewportSize(phone);
    await holdBasics(page, `${name} (${new URL(page.url()).pathname}), on a phone`);
    await page.setViewportSize(before);
    return;
  }
  seen.set(name, page.url());
  // What is folded away is looked at too.
  const folded = await page.$$('details:not([open])');
  for (const details of folded) await details.evaluate((element) => { element.open = true; });
  for (const size of [phone, desktop]) {
    await page.setViewportSize(size);
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const where = `${name} (${new URL(page.url()).pathname}), ${size.width} px, ${colorScheme}`;
      await holdBasics(page, where);
      await holdAxe(page, where);
    }
  }
  for (const details of folded) await details.evaluate((element) => { element.open = false; });
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize(before);
}

async function holdBasics(page, where) {
  const found = await page.evaluate(() => ({
    headings: document.querySelectorAll('h1').length,
    lang: document.documentElement.lang,
    title: document.title.trim(),
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    deadLinks: [...document.querySelectorAll('a[href^="#"]')]
      .map((link) => link.getAttribute('href').slice(1))
      .filter((id) => id && !document.getElementById(id)),
  }));
  assert.equal(found.headings, 1, `${where}: one h1`);
  assert.notEqual(found.lang, '', `${where}: lang`);
  assert.notEqual(found.title, '', `${where}: a title`);
  assert.ok(found.sideways <= 0, `${where}: scrolls sideways by ${found.sideways} px`);
  assert.deepEqual(found.deadLinks, [], `${where}: links to nothing`);
}

async function holdAxe(page, where) {
  await page.evaluate(axe);
  const violations = await page.evaluate(async (values) => {
    const result = await window.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] });
    return result.violations.map(({ id, help, nodes }) => ({
      id,
      help,
      at: nodes.slice(0, 4).map((node) => `${node.target.join(' ')}: ${node.failureSummary}`),
    }));
  }, rules);
  assert.deepEqual(violations, [], `${where}: ${JSON.stringify(violations, null, 2)}`);
}

/** Whether an element can be reached with Tab alone, and shows that it has the focus. */
export async function reachByKeyboard(page, locator, most = 120) {
  await page.evaluate(() => { document.activeElement?.blur(); window.scrollTo(0, 0); });
  const target = await locator.elementHandle();
  for (let press = 0; press < most; press += 1) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate((element) => document.activeElement === element, target);
    if (!here) continue;
    const shown = await page.evaluate((element) => {
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      const visible = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < window.innerHeight;
      return visible && (style.outlineStyle !== 'none' || style.boxShadow !== 'none' || style.backgroundColor !== 'rgba(0, 0, 0, 0)');
    }, target);
    assert.ok(shown, 'the focus can be seen');
    return press + 1;
  }
  assert.fail(`not reached in ${most} presses of Tab: ${locator}`);
}
