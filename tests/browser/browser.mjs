import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Heed, Site, jwt, root } from "./heed.mjs";

const from_web = createRequire(join(root, "web/package.json"));
const { chromium } = from_web("playwright-core");
const axe_source = readFileSync(from_web.resolve("axe-core/axe.min.js"), "utf8");
export { assert, jwt, root };

export const tests = [];
export const test = (name, run) => tests.push({ name, run });

let browser;
export async function the_browser() {
  browser ??= await chromium.launch({
    executablePath: process.env.HEED_CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync),
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  return browser;
}
let house;
/** One server and one site for all tests; each test brings people and posts of its own. */
export async function the_house() {
  if (!house) {
    const site = await Site.start();
    const heed = await Heed.start({ HEED_HTTP_CORS_ORIGINS: site.url });
    site.heed = heed.url;
    house = { heed, site };
  }
  return house;
}
export async function close_browser() {
  await browser?.close();
  await house?.heed.stop();
  await house?.site.stop();
}

export const clients = {
  desktop: { viewport: { width: 1280, height: 900 } },
  android: { viewport: { width: 412, height: 839 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
  mobile_web: { viewport: { width: 375, height: 667 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
  narrow: { viewport: { width: 320, height: 640 } },
};

let people = 0;
/** A name that no other test uses. */
export const person = (name) => `${name}${++people}`;

/** A page that fails the test for anything that its policy refused, and for every error in its scripts. */
export async function open_page(options = {}) {
  const context = await (await the_browser()).newContext({ locale: "en-GB", ...clients.desktop, ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (message) => {
    if (/Content Security Policy|Trusted Type/i.test(message.text())) page.faults.push(message.text());
  });
  await page.addInitScript(() => addEventListener("securitypolicyviolation", (e) => console.error("Content Security Policy: " + e.violatedDirective + " " + e.blockedURI)));
  return page;
}

/** The address of the platform's page with <heed-report> for this post, signed in as `account`. */
export async function embed_url({ account, post = "", posts = "", lang = "en", attributes = "", token, script = "" }) {
  const { heed, site } = await the_house();
  site.lang = lang;
  site.body = `<h1>A forum</h1><heed-report server="${heed.url}" post="${post}" posts="${posts}" ${attributes}></heed-report>`;
  site.script = `const report = document.querySelector("heed-report"); report.token = ${token ?? JSON.stringify(account ? jwt(account) : "")}; ${script}`;
  return site.url;
}
export async function embed(page, what) {
  await page.goto(await embed_url(what));
  await page.locator("heed-report h2").waitFor();
  return page.locator("heed-report");
}

/** What axe finds on the page as it is now; nothing is expected. */
export async function axe(page, where) {
  await page.evaluate(axe_source);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const told = found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).join("; ")}`);
  assert.deepEqual(told, [], `axe, ${where}`);
}
export async function no_sideways_scroll(page, where) {
  const [wide, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(wide <= seen, `${where}: ${wide} px wide in a window of ${seen}`);
}
/** Everything that an element shows, also in the shadow roots below it, which innerText leaves out. */
export const words_in = (locator) =>
  locator.evaluate((top) => {
    const shown = (at) => {
      if (at.nodeType === Node.TEXT_NODE) return at.textContent;
      if (at.nodeType === Node.ELEMENT_NODE && (["STYLE", "SCRIPT"].includes(at.tagName) || !at.checkVisibility())) return "";
      return [...(at.shadowRoot ?? at).childNodes].map(shown).join(" ");
    };
    return shown(top).replace(/[ \t\n]+/g, " ");
  });
export const heading = (page) => page.locator("h2").first().innerText();
/** What has the keyboard, through shadow roots. */
export const focused = (page) =>
  page.evaluate(() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return { tag: at?.tagName ?? "", type: at?.type ?? "", name: at?.labels?.[0]?.innerText ?? at?.innerText ?? "", value: at?.value ?? "" };
  });
