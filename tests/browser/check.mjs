// Opens HTML reports in headless Chromium and uses them as a reader would.
//
//   node tests/browser/check.mjs PAGE.html...
//
// CHROMIUM names the browser (default /usr/bin/chromium); SCREENSHOTS names a directory for pictures.
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SIZE_LIMIT = 5_000_000;
const OPEN_LIMIT = 2_000;
const MOST_OPEN = 80;
const VIEWS = [
  { name: 'desktop', width: 1280, height: 900, colorScheme: 'light' },
  { name: 'dark', width: 1280, height: 900, colorScheme: 'dark' },
  { name: 'phone', width: 390, height: 844, colorScheme: 'light' },
  { name: 'phone-dark', width: 390, height: 844, colorScheme: 'dark' },
];
const failures = [];
const expect = (holds, what) => {
  if (!holds) failures.push(what);
};

async function open(browser, file, view) {
  // The page's own policy forbids foreign scripts; axe is one, so it alone runs beside the policy.
  const context = await browser.newContext({
    viewport: { width: view.width, height: view.height }, colorScheme: view.colorScheme,
  });
  const page = await context.newPage();
  const where = `${basename(file)} ${view.name}`;
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) failures.push(`${where}: console: ${message.text()}`);
  });
  page.on('pageerror', (error) => failures.push(`${where}: ${error.message}`));
  page.on('dialog', (dialog) => {
    failures.push(`${where}: the page opened an alert`);
    return dialog.dismiss();
  });
  let requests = 0;
  page.on('request', () => { requests += 1; });
  const start = performance.now();
  await page.goto(pathToFileURL(resolve(file)).href);
  await page.locator('#count').waitFor();
  const elapsed = performance.now() - start;
  expect(elapsed < OPEN_LIMIT, `${where}: opened in ${elapsed.toFixed(0)} ms`);
  return { context, page, where, elapsed, requests: () => requests };
}

async function accessible(page, where) {
  // Evaluated by the debugger, so the page's policy stays in force for the page itself.
  await page.evaluate(axe);
  const result = await page.evaluate(() => globalThis.axe.run(document));
  for (const violation of result.violations) {
    const nodes = violation.nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary}`).join(' | ');
    failures.push(`${where}: ${violation.id}: ${violation.help}: ${nodes}`);
  }
}

async function fits(page, where) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow <= 0, `${where}: the page is ${overflow} px wider than its window`);
}

async function use(page, where) {
  const total = await page.locator('#filter-verdict option').evaluateAll((options) => options.length);
  expect(total > 1, `${where}: no verdict to filter by`);
  const rows = () => page.locator('#table tbody tr').count();
  const names = () => page.locator('#table tbody td:first-child button').allTextContents();
  const all = await page.locator('#count').textContent();

  const first = (await names())[0];
  await page.locator('#filter-text').fill(first);
  expect((await rows()) >= 1 && (await names()).includes(first), `${where}: search for ${first}`);
  await page.locator('#filter-text').fill('no package has this name');
  expect((await rows()) === 0, `${where}: search for nothing`);
  await page.locator('#filters button[type=reset]').click();
  await page.waitForFunction((wanted) => document.getElementById('count').textContent === wanted, all);

  const value = await page.locator('#filter-verdict option').nth(1).getAttribute('value');
  await page.locator('#filter-verdict').selectOption(value);
  const verdicts = new Set(await page.locator('#table tbody .verdict').allTextContents());
  expect(verdicts.size === 1, `${where}: filter by verdict shows ${[...verdicts]}`);
  await page.locator('#filters button[type=reset]').click();
  await page.waitForFunction((wanted) => document.getElementById('count').textContent === wanted, all);
  const license = await page.locator('#filter-license option').nth(1).getAttribute('value');
  await page.locator('#filter-license').selectOption(license);
  const licenses = new Set(await page.locator('#table tbody .license-name').allTextContents());
  expect(licenses.size === 1 && licenses.has(license), `${where}: filter by license shows ${[...licenses]}`);
  await page.locator('#filters button[type=reset]').click();
  await page.waitForFunction((wanted) => document.getElementById('count').textContent === wanted, all);

  await page.locator('[data-sort=name]').click();
  const sorted = await names();
  const lower = sorted.map((name) => name.toLowerCase());
  expect(lower.every((name, at) => at === 0 || lower[at - 1] <= name), `${where}: sort by name`);
  await page.locator('[data-sort=name]').click();
  expect((await names())[0].toLowerCase() >= lower[0], `${where}: sort by name, downwards`);
  if (!(await page.locator('#next').isDisabled())) {
    const before = (await names())[0];
    await page.locator('#next').click();
    expect((await names())[0] !== before, `${where}: the next page is another`);
  }

  await page.locator('#table tbody td:first-child button').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('#details[open]').waitFor();
  expect((await page.locator('#details-title').textContent()).length > 0, `${where}: details have a title`);
  await accessible(page, `${where} (details)`);
  await page.keyboard.press('Escape');
  expect(!(await page.locator('#details').evaluate((dialog) => dialog.open)), `${where}: Escape closes`);

  const findings = page.locator('#findings > details:not([open])');
  if ((await findings.count()) > 0) {
    // A handle, since the locator means the next closed one as soon as this one is open.
    const finding = await findings.first().elementHandle();
    await (await finding.$('summary')).focus();
    await page.keyboard.press('Enter');
    expect(await finding.evaluate((one) => one.open), `${where}: a finding opens by keyboard`);
  }
}

async function check(browser, file) {
  const size = statSync(file).size;
  expect(size < SIZE_LIMIT, `${file}: ${size} bytes`);
  const policy = readFileSync(file, 'utf8').match(/Content-Security-Policy" content="([^"]*)"/)?.[1] ?? '';
  expect(policy.includes("default-src 'none'") && !policy.includes('unsafe'), `${file}: policy ${policy}`);
  for (const view of VIEWS) {
    const { context, page, where, elapsed, requests } = await open(browser, file, view);
    console.log(`${where}: ${(size / 1000).toFixed(0)} kB, opened in ${elapsed.toFixed(0)} ms`);
    await fits(page, where);
    await accessible(page, where);
    await picture(page, file, view.name);
    await use(page, where);
    await page.evaluate(() => { for (const one of document.querySelectorAll('details')) one.open = true; });
    await fits(page, `${where} (all open)`);
    // Hundreds of open cards take axe minutes, and are all made alike; a page with some stands for them.
    if ((await page.locator('details').count()) <= MOST_OPEN) await accessible(page, `${where} (all open)`);
    expect(requests() === 1, `${where}: ${requests()} requests, one is the page itself`);
    await context.close();
  }
  const { context, page, where } = await open(browser, file, { ...VIEWS[0], name: 'print' });
  await page.emulateMedia({ media: 'print' });
  await picture(page, file, 'print');
  const pdf = await page.pdf({ format: 'A4', path: shot(file, 'print', 'pdf') });
  expect(pdf.length > 1_000, `${where}: nothing to print`);
  await context.close();
  const plain = await browser.newContext({ javaScriptEnabled: false });
  const unscripted = await plain.newPage();
  await unscripted.goto(pathToFileURL(resolve(file)).href);
  const listed = await unscripted.locator('noscript li').count();
  expect(listed > 0, `${file}: no packages without scripts`);
  await plain.close();
}

function shot(file, name, ending) {
  const directory = process.env.SCREENSHOTS;
  return directory ? join(directory, `${basename(file, '.html')}-${name}.${ending}`) : undefined;
}

async function picture(page, file, name) {
  const path = shot(file, name, 'png');
  if (path) await page.screenshot({ path, fullPage: true });
}

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('usage: node tests/browser/check.mjs PAGE.html...');
  process.exit(2);
}
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  for (const file of files) await check(browser, file);
} finally {
  await browser.close();
}
if (failures.length > 0) {
  console.error(`${failures.length} failures\n${failures.join('\n')}`);
  process.exit(1);
}
console.log('every page holds');
