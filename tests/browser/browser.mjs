// One browser a story, without anything that a browser does for its maker.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export async function openBrowser(story) {
  const executablePath = places.find((place) => place && existsSync(place));
  if (!executablePath) throw new Error('Chromium is missing: run ./test, or name it in CHROMIUM');
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  story.after(() => browser.close());
  return browser;
}

/**
 * A person with a browser of their own. Fails on what a person would not see and must not happen:
 * an error in the console, an answer of 500 or more, a request to somewhere else.
 */
export async function person(browser, product, { scripts = true, width = 1280, height = 900 } = {}) {
  const context = await browser.newContext({
    baseURL: product.address,
    javaScriptEnabled: scripts,
    locale: 'en-GB',
    reducedMotion: 'reduce',
    timezoneId: 'Europe/London',
    viewport: { width, height },
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const troubles = [];
  page.on('pageerror', (error) => troubles.push(`script: ${error.message}`));
  page.on('console', (message) => {
    // A refused form is an answer that the browser also logs; its page is looked at by the story.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) troubles.push(`console: ${message.text()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 500) troubles.push(`${response.status()}: ${response.url()}`);
  });
  page.on('request', (request) => {
    const { protocol } = new URL(request.url());
    if (protocol.startsWith('http') && !request.url().startsWith(product.address)) troubles.push(`elsewhere: ${request.url()}`);
  });
  return { page, context, troubles };
}
