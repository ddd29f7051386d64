// /console with very many open cases: HEED_CASES=1000000 node tests/browser/run.mjs "many open cases"
import { assert, open_page, test, the_house } from "./browser.mjs";
import { sign_in } from "./console_test.mjs";
import { Heed } from "./heed.mjs";

const middle = (times) => [...times].sort((a, b) => a - b)[times.length >> 1];

test("console: the queue page and the claim with many open cases", async () => {
  const cases = Number(process.env.HEED_CASES ?? 0);
  if (!cases) return "set HEED_CASES to how many cases to make";
  await the_house();
  const heed = await Heed.start({}, (fresh) => {
    const made = JSON.parse(fresh.run("bench", "queue", "--cases", String(cases), "--json"));
    console.log(`         ${made.reports - made.settled} open cases made in ${made.seconds} s`);
  });
  try {
    const page = await open_page();
    await sign_in(page, "ada", heed);
    await page.locator("li.place").first().waitFor();
    const times = [];
    for (let i = 0; i < 5; ++i) {
      await page.goto("about:blank");
      const start = Date.now();
      await page.goto(heed.url + "/console");
      await page.locator("li.place").first().waitFor();
      times.push(Date.now() - start);
    }
    const rows = await page.locator("li.place").count();
    // Down the list and up again with the keyboard and the wheel; frames that took longer than two of the screen's.
    const frames = await page.evaluate(async () => {
      let last = performance.now(), slow = 0, all = 0, longest = 0;
      for (let i = 0; i < 240; ++i) {
        if (i % 4 === 0) document.body.dispatchEvent(new KeyboardEvent("keydown", { key: i < 120 ? "j" : "k", bubbles: true, composed: true }));
        scrollBy(0, i < 120 ? 40 : -40);
        await new Promise((done) => requestAnimationFrame(done));
        const now = performance.now(), took = now - last;
        last = now;
        all++;
        longest = Math.max(longest, took);
        if (took > 34) slow++;
      }
      return { all, slow, longest };
    });
    const claims = [];
    for (let i = 0; i < 5; ++i) {
      const asked = Date.now();
      await page.keyboard.press("c");
      await page.locator("heed-pile article").first().waitFor();
      claims.push(Date.now() - asked);
      await page.keyboard.press("b");
      await page.locator("li.place").first().waitFor();
    }
    console.log(`         queue page: first row after ${middle(times)} ms (of five loads the middle one; the longest ${Math.max(...times)} ms), ${rows} places fetched; of ${frames.all} frames while moving ${frames.slow} took over 34 ms, the longest ${Math.round(frames.longest)} ms; claimed and shown in ${middle(claims)} ms (the longest ${Math.max(...claims)} ms)`);
    assert.ok(middle(times) < 1000, `${middle(times)} ms`);
    assert.ok(rows > 0 && rows <= 50, "no more than a page of places is fetched");
    assert.ok(frames.slow < frames.all / 10, `${frames.slow} frames were dropped`);
    await page.context().close();
  } finally {
    await heed.stop();
  }
});
