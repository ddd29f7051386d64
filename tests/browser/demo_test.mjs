// `heed demo`: four windows on one night, played fast; a visitor takes over each of them.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { animate, decode } from "./animate.mjs";
import { assert, axe, no_sideways_scroll, open_page, root, test, the_house } from "./browser.mjs";

async function demo(...args) {
  const { heed } = await the_house();
  const child = spawn(heed.binary, ["demo", ...args], { env: { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR ?? "/tmp" }, stdio: ["ignore", "pipe", "ignore"] });
  const url = await new Promise((done, fail) => {
    createInterface({ input: child.stdout }).once("line", done);
    child.once("exit", (code) => fail(new Error(`heed demo ended with ${code}`)));
  });
  const state = async () => (await fetch(url + "/state")).json();
  const until = async (ok, seconds = 90) => {
    for (let tries = 0; tries < seconds * 4; ++tries) {
      const now = await state();
      if (ok(now)) return now;
      await new Promise((next) => setTimeout(next, 250));
    }
    throw new Error("it did not come about: " + JSON.stringify(await state()).slice(0, 600));
  };
  const stop = () =>
    new Promise((done) => {
      if (child.exitCode !== null || child.signalCode) return done(child.exitCode ?? child.signalCode); // it has ended by itself
      child.removeAllListeners("exit");
      child.once("exit", (code) => done(code));
      child.kill("SIGTERM");
    });
  return { url, until, state, stop };
}
const pane = (page, name) => page.locator(`section[data-window=${name}]`);

test("the demonstration plays the night from four sides that move together", async () => {
  const show = await demo("--speed", "400");
  try {
    const page = await open_page();
    await page.goto(show.url);
    await pane(page, "her").getByText("@mira").first().waitFor({ timeout: 30000 });
    await axe(page, "demo, early");
    assert.equal((await page.locator("section[data-window]").all()).length, 4);
    // She reports by herself; what she hides is gone for her alone, also what comes later.
    const before = await show.until((s) => s.reported);
    assert.ok(before.aimed > 5, String(before.aimed));
    await pane(page, "her").locator("heed-case .number").waitFor({ timeout: 30000 });
    const still_there = (s) => s.public.filter((post) => post.text.startsWith("@mira") && !s.mentions.some((one) => one.id === post.id));
    const hidden = await show.until((s) => still_there(s).length >= 5);
    assert.ok(hidden.orders > hidden.decided, "hiding is an order of its own, before any decision");
    await show.until((s) => s.aimed > before.aimed + 5 && still_there(s).some((post) => post.at > before.now));
    await pane(page, "her").getByRole("button", { name: "Her posts" }).click();
    const gone = still_there(await show.state())[0];
    await pane(page, "everyone").getByText(gone.text).first().waitFor();
    await pane(page, "her").getByRole("button", { name: /case/i }).first().click();
    // What is decided is gone for everyone, and the author reads why.
    const told = await show.until((s) => s.author_told && s.gone > 0);
    assert.equal(told.orders, told.confirmed, "the platform says that it did what it did");
    await pane(page, "author").locator(".statement").first().waitFor({ timeout: 30000 });
    const author = await pane(page, "author").locator(".statement").first().innerText();
    assert.ok(author.includes("one of many aimed at her"), "the facts");
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Go on" }).waitFor();
    const still = await show.state();
    await new Promise((next) => setTimeout(next, 1200));
    assert.equal((await show.state()).now, still.now);
    await axe(page, "demo, late");
    assert.deepEqual(page.faults, []);
    await page.setViewportSize({ width: 320, height: 640 });
    await no_sideways_scroll(page, "demo");
    await page.context().close();
  } finally {
    assert.equal(await show.stop(), 0);
  }
});

test("a newcomer takes over her phone, the reviewer and the author", async () => {
  const show = await demo("--speed", "60");
  try {
    const page = await open_page();
    await page.goto(show.url);
    await pane(page, "her").getByRole("button", { name: "Take over" }).click();
    await pane(page, "reviewer").getByRole("button", { name: "Take over" }).click();
    await pane(page, "author").getByLabel("Write something to her").fill("you clown, says a visitor");
    await pane(page, "author").getByRole("button", { name: "Send" }).click();
    await pane(page, "everyone").getByText("you clown, says a visitor").waitFor({ timeout: 20000 });
    await pane(page, "her").getByRole("button", { name: /^Report/ }).first().click();
    const report = pane(page, "her").locator("heed-report");
    await report.locator("h2").waitFor();
    await axe(page, "demo, reporting");
    // Through the flow as it comes: the first answer each time.
    for (let steps = 0; steps < 12 && !(await report.getByText(/H-[0-9A-Z]{4}-[0-9A-Z]{4}/).count()); ++steps) {
      const box = report.locator("input[type=radio]:visible, input[type=checkbox]:visible").first();
      if ((await box.count()) && !(await box.isChecked())) await box.check();
      await report.locator("button.main").click();
      await new Promise((next) => setTimeout(next, 500));
    }
    await report.getByText(/H-[0-9A-Z]{4}-[0-9A-Z]{4}/).first().waitFor({ timeout: 20000 });
    await show.until((s) => s.in_hand !== null);
    const decided = (await show.state()).decided;
    assert.equal(decided, 0, "nothing is decided while a visitor has the reviewer's window");
    await pane(page, "reviewer").getByRole("button", { name: /Against the rules/ }).click();
    const after = await show.until((s) => s.decided === 1);
    assert.ok(after.gone + after.orders >= 0);
    await show.until((s) => s.gone === 1);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  } finally {
    assert.equal(await show.stop(), 0);
  }
});

test("an ordinary server has nothing of the demonstration", async () => {
  const { heed } = await the_house();
  for (const path of ["/demo", "/demo/state", "/demo/token"]) assert.equal((await heed.call("GET", path)).status, 404);
  assert.equal((await heed.call("POST", "/demo/act", { what: "pause", on: true })).status, 404);
});

test("demo: one animated picture of the four windows", async () => {
  const wanted = Boolean(process.env.HEED_PICTURES);
  // Without being asked for it only two frames are made, and thrown away: that it can be made is tested always.
  const show = await demo("--speed", "60");
  try {
    const page = await open_page({ viewport: { width: 1280, height: 800 }, locale: "en-GB" });
    await page.goto(show.url);
    const frames = [];
    const take = async () => frames.push(await page.screenshot());
    await show.until((s) => s.aimed >= 2);
    await take();
    await show.until((s) => s.aimed >= 3);
    await take();
    if (wanted) {
      for (let i = 0; i < 3; ++i) {
        await new Promise((next) => setTimeout(next, 3000));
        await take();
      }
      await show.until((s) => s.reported, 180);
      await pane(page, "her").locator("heed-case .number").waitFor({ timeout: 30000 });
      for (let i = 0; i < 2; ++i) {
        await new Promise((next) => setTimeout(next, 1800));
        await take();
      }
      await pane(page, "her").getByRole("button", { name: "Her posts" }).click(); // hidden from her, not from everyone
      for (let i = 0; i < 3; ++i) {
        await new Promise((next) => setTimeout(next, 1800));
        await take();
      }
      await pane(page, "her").getByRole("button", { name: "Her case" }).click();
      await pane(page, "her").locator("heed-case .number").waitFor({ timeout: 30000 });
      await show.until((s) => s.author_told, 60);
      await pane(page, "author").locator(".statement").first().waitFor({ timeout: 30000 });
      for (const name of ["author", "her"]) await pane(page, name).locator(".pane").evaluate((one) => (one.scrollTop += 260));
      await take();
    }
    const picture = animate(frames, 1.6);
    const first = decode(frames[0]);
    assert.deepEqual([picture.readUInt32BE(16), picture.readUInt32BE(20)], [first.width, first.height]);
    assert.ok(picture.length < 1_500_000, `${picture.length} bytes`);
    // A browser reads it, and its first frame is what was seen.
    const same = await page.evaluate(
      async ([made, seen]) => {
        const pixels = async (data) => {
          const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], { type: "image/png" }));
          const canvas = new OffscreenCanvas(bitmap.width, bitmap.height), context = canvas.getContext("2d");
          context.drawImage(bitmap, 0, 0);
          return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
        };
        const [a, b] = [await pixels(made), await pixels(seen)];
        let far = 0;
        for (let i = 0; i < a.length; ++i) far += Math.abs(a[i] - b[i]) > 48 ? 1 : 0;
        return far / a.length;
      },
      [picture.toString("base64"), frames[0].toString("base64")],
    );
    assert.ok(same < 0.001, `${same} of it differs`);
    if (!wanted) return;
    const folder = join(root, "docs/pictures");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "demo.png"), picture);
    console.log(`    docs/pictures/demo.png: ${frames.length} frames, ${picture.length} bytes`);
    await page.context().close();
  } finally {
    assert.equal(await show.stop(), 0);
  }
});
