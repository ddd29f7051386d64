#!/usr/bin/env node
// How long a person waits for the receipt on the screen while many others report: real binary, Debian's Chromium, reports by
// the clock from a thread of its own. Measured in the page, from the press of the button to the frame with the number.
//   node bench/receipt_in_browser.mjs [SECONDS=60] [REPORTS_A_SECOND=1000] [same]
// `same`: all that is reported says the same words, as copied abuse does. The binary: build/release/heed or HEED_BINARY.
import { Agent, request } from "node:http";
import { cpus } from "node:os";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const kEvery = 3000; // ms from one person in the browser to the next: opening a page costs more than reporting
const kPosts = 20_000, kTargets = 7001, kConnections = 64;
const percentile = (sorted, p) => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? NaN;

if (!isMainThread) {
  // Each report is due at its time, whatever became of those before; what it took counts from then.
  const { url, key, rate, seconds } = workerData;
  const agent = new Agent({ keepAlive: true, maxSockets: kConnections });
  const took = [], all = rate * seconds, began = performance.now();
  let sent = 0, failed = 0, why = "";
  const report = (n) => {
    const due = began + (n * 1000) / rate;
    const body = JSON.stringify({ reporter: { account_id: `r${n}` }, items: [{ kind: "post", id: `load${n % kPosts}` }], about: "someone_else", symptoms: ["harassment"], channel: "ios" });
    const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
    const done = (fault) => {
      if (!fault) return took.push(performance.now() - due);
      failed++;
      why ||= String(fault);
    };
    const call = request(`${url}/v1/reports`, { method: "POST", agent, headers }, (answer) => {
      answer.resume();
      answer.once("end", () => done(answer.statusCode === 201 ? "" : `status ${answer.statusCode}`));
    });
    call.once("error", done);
    call.end(body);
  };
  const clock = setInterval(() => {
    for (const due = Math.min(all, Math.floor(((performance.now() - began) * rate) / 1000)); sent < due; ++sent) report(sent);
    if (sent === all && took.length + failed === sent) {
      clearInterval(clock);
      took.sort((a, b) => a - b);
      parentPort.postMessage({ sent, failed, why, took: { p50: percentile(took, 0.5), p99: percentile(took, 0.99), worst: took.at(-1) ?? NaN }, seconds: (performance.now() - began) / 1000 });
      parentPort.close();
      agent.destroy();
    }
  }, 2);
} else {
  const seconds = Number(process.argv[2] ?? 60), rate = Number(process.argv[3] ?? 1000), same = process.argv[4] === "same";
  if (!(seconds > 0) || !(rate > 0) || (process.argv[4] && !same)) {
    console.error("usage: receipt_in_browser.mjs [SECONDS] [REPORTS_A_SECOND] [same]");
    process.exit(2);
  }
  const { clients, close_browser, embed, open_page, person, the_house } = await import("../tests/browser/browser.mjs");
  const { heed } = await the_house();
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.prependListener(signal, () => {
      heed.process.kill("SIGKILL");
      process.exit(1);
    });
  }
  const at = new Date(Date.now() - 120_000).toISOString();
  const words = () => Array.from({ length: 6 }, () => Math.random().toString(36).slice(2, 8)).join(" ");
  for (let from = 0; from < kPosts; from += 5000) {
    const lines = Array.from({ length: 5000 }, (_, i) => JSON.stringify({ id: `load${from + i}`, text: `you are a fool${same ? "" : ` ${words()}`}`, author: { id: `a${(from + i) % 997}` }, mentions: [`t${(from + i) % kTargets}`], created_at: at }) + "\n");
    const answer = await heed.platform("POST", "/v1/posts", lines.join(""));
    if (answer.status !== 200) throw new Error(`posts were not taken: ${answer.text.slice(0, 300)}`);
  }
  const load = new Worker(new URL(import.meta.url), { workerData: { url: heed.url, key: heed.key, rate, seconds } });
  const loaded = new Promise((done, fail) => load.once("message", done).once("error", fail));
  const until = performance.now() + seconds * 1000, waited = [];
  for (let next = performance.now(); performance.now() < until; next += kEvery) {
    await new Promise((done) => setTimeout(done, Math.max(0, next - performance.now())));
    const her = person("ada"), post = person("p");
    await heed.posts({ id: post, by: person("troll"), to: her, text: "you fool" });
    const page = await open_page(clients.android);
    await embed(page, { account: her, post });
    await page.getByRole("checkbox", { name: /Insults/ }).check();
    for (const choice of ["input[name=about][value=me]", "", "input[name=fears_for_safety][value=no]", ""]) {
      await page.locator("button.main").click();
      if (choice) await page.locator(choice).check();
    }
    await page.evaluate(() => {
      const inside = document.querySelector("heed-report").shadowRoot;
      window.waited = new Promise((done) => {
        inside.addEventListener("click", () => {
          const began = performance.now();
          const look = () => (inside.querySelector(".number") ? done(performance.now() - began) : requestAnimationFrame(look));
          look();
        }, { capture: true, once: true });
      });
    });
    await page.locator("button.main").click();
    waited.push(await page.evaluate(() => window.waited));
    await page.context().close();
  }
  const { sent, failed, why, took, seconds: lasted } = await loaded;
  waited.sort((a, b) => a - b);
  const ms = (value) => `${value.toFixed(0)} ms`;
  console.log(`${cpus().length} cores, shared by server, load and browser`);
  console.log(`load: ${sent} reports in ${lasted.toFixed(0)} s (${(sent / lasted).toFixed(0)} a second of ${rate} due), ${failed} failed${why && ` (${why})`}; receipts p50 ${ms(took.p50)}, p99 ${ms(took.p99)}, slowest ${ms(took.worst)} after it was due`);
  console.log(`in Chromium: ${waited.length} reports; receipt on the screen p50 ${ms(percentile(waited, 0.5))}, p99 ${ms(percentile(waited, 0.99))}, slowest ${ms(waited.at(-1) ?? NaN)}; within a second: ${waited.filter((one) => one <= 1000).length} of ${waited.length}`);
  await close_browser();
  process.exit(failed || !waited.length ? 1 : 0);
}
