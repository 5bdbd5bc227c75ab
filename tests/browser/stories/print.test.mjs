// A result is printed and pinned up: the file that stands alone fits one sheet of A4.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';

import { openBrowser } from '../browser.mjs';
import { difference, folder, root } from '../product.mjs';

const data = (name) => join(root, 'reference/data', name);
const trials = [
  ['the awards of 2001, in their pairs', [
    data('awards.csv'), '--where', 'year = 2001', '--outcome', 'Bagrut_status', '--treatment', 'treated',
    '--cluster', 'school_id', '--block', 'pair', '--allocation', 'lot', '--worthwhile', '0.05',
  ]],
  ['small classes, with two covariates and the schools as blocks', [
    data('star.csv'), '--outcome', 'readk', '--treatment', 'stark', '--control', 'regular', '--where', 'stark != regular+aide',
    '--block', 'schoolidk', '--covariate', 'gender', '--covariate', 'lunchk', '--allocation', 'lot', '--attainment',
  ]],
  ['a class before and after', [
    data('baumann.csv'), '--outcome', 'post_test_1', '--baseline', 'pretest_1', '--design', 'before-after',
  ]],
];

/** Sheets of paper in a PDF. */
const sheets = (pdf) => [...pdf.toString('latin1').matchAll(/\/Type\s*\/Page\b/g)].length;

for (const [name, words] of trials) {
  test(`one sheet of A4 holds ${name}`, async (story) => {
    const file = join(await folder(story), 'result.html');
    const answer = await difference('evaluate', ...words, '--format', 'html', '--out', file);
    assert.equal(answer.code, 0, answer.stderr);
    const browser = await openBrowser(story);
    const page = await browser.newPage();
    await page.goto(pathToFileURL(file).href);
    const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true });
    assert.equal(sheets(pdf), 1);
    // And it can fail: the same words twice as large need more paper.
    await page.addStyleTag({ content: '@media print { html { zoom: 2 } }' });
    assert.ok(sheets(await page.pdf({ format: 'A4', preferCSSPageSize: true })) > 1);
  });
}
