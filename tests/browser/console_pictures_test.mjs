// docs/pictures: HEED_PICTURES=1 node tests/browser/run.mjs pictures
// A small forum's two weeks on mild invented posts, in a house of its own whose clock is moved from day to day.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { assert, open_page, root, test } from "./browser.mjs";
import { here, pile, sign_in } from "./console_test.mjs";
import { Heed } from "./heed.mjs";

const kDays = 13, kDay = 24 * 3600_000;
const kRude = [
  "you silly goose, stop writing about ducks", "what an idiot you are", "you are a fool and a liar", "nobody asked you, you clown", "shut up, you stupid parrot", "your ducks are as dumb as you are",
  "you moron, read a book about geese", "go back to your pond, you clown", "only an idiot feeds swans", "you pathetic little fool", "what a stupid article, and what a stupid author", "you are a disgrace to all ducks, you fool",
];
const kKind = ["I like your article, thank you", "which pond was that?", "the third photo is lovely", "I saw two herons there last week"];

/** One day: some people report a post each; most of it is decided the same day. */
async function a_day(heed, day) {
  const reports = 5 + ((day * 7) % 9);
  for (let i = 0; i < reports; ++i) {
    const id = `d${day}-${i}`, rude = (i + day) % 3 !== 0, her = `reader${day}-${i}`, words = rude ? kRude[(i * 5 + day) % kRude.length] : kKind[(i + day) % kKind.length];
    const told = await heed.platform("POST", "/v1/posts", JSON.stringify({ id, text: `${words} (${day}, ${i})`, author: { id: `someone${i}` }, mentions: [her], created_at: (await heed.now()) }) + "\n");
    assert.equal(told.status, 200, told.text);
    const receipt = await heed.platform("POST", "/v1/reports", { reporter: { account_id: her }, about: "me", symptoms: ["harassment"], items: [{ kind: "post", id }] });
    assert.equal(receipt.status, 201, receipt.text);
  }
  const ada = await heed.staff("ada");
  for (let i = 0; i < reports - (day % 2); ++i) {
    const claim = await ada("POST", "/v1/queues/default/claims", {});
    if (claim.status !== 201) break;
    const rude = (i + day) % 3 !== 0;
    const items = claim.json.items.map((item_id) => ({ item_id, outcome: rude ? "violation" : "no_violation", clause: "targeted_harassment", ...(rude ? { ground: "terms", actions: [{ kind: "remove" }], facts: "Aimed at her." } : {}) }));
    const made = await ada("POST", `/v1/cases/${claim.json.case_id}/decisions`, { claim_id: claim.json.claim_id, items });
    assert.equal(made.status, 201, made.text);
    if (rude && i === 4 && day % 2 === 0) {
      const back = await ada("POST", `/v1/decisions/${made.json.decisions[0]}/reversal`, { reason: "Read again: they know each other." });
      assert.equal(back.status, 201, back.text);
    }
  }
}

test("console: pictures of the main pages, on mild invented posts", async () => {
  if (!process.env.HEED_PICTURES) return "set HEED_PICTURES=1 to make docs/pictures anew";
  const start = Date.now() - kDays * kDay;
  const heed = await Heed.start({ HEED_CLOCK_SOURCE: "manual", HEED_CLOCK_START: new Date(start).toISOString() });
  try {
    const clock = JSON.parse(heed.run("key", "create", "clock", "--scope", "test_clock", "--json")).token;
    let now = start;
    heed.now = () => new Date(now - 60_000).toISOString();
    const move_to = async (time) => {
      now = time;
      const moved = await heed.call("POST", "/test/clock", { now: new Date(time).toISOString() }, { Authorization: `Bearer ${clock}` });
      assert.equal(moved.status, 200, moved.text);
    };
    for (let day = 0; day < kDays; ++day) {
      await a_day(heed, day);
      await move_to(start + (day + 1) * kDay);
    }
    await move_to(Date.now());
    await heed.decide("no_violation"); // what was left from the last days
    // What waits today: some single posts, one about which somebody is afraid, and a pile.
    const singles = [["harassment", false], ["spam", false], ["threat_of_violence", true], ["impersonation", false], ["hate", false]];
    for (const [i, [symptom, fears]] of singles.entries()) {
      await heed.posts({ id: `t${i}`, by: `visitor${i}`, to: `guest${i}`, text: ["you are a clown and a liar, Tom", "cheap umbrellas, buy two", "I know your pond, you fool", "I am the real duck lady", "all swans should go home"][i] });
      const receipt = await heed.user(`guest${i}`, "POST", "/v1/reports", { about: "me", symptoms: [symptom], ...(fears ? { fears_for_safety: true } : {}), items: [{ kind: "post", id: `t${i}` }] });
      assert.equal(receipt.status, 201, receipt.text);
    }
    await pile({ posts: 24, authors: 6, text: (i) => (i % 4 === 3 ? `${kKind[(i >> 2) % kKind.length]} ${i}` : kRude[i % kRude.length]), comment: "They all started after my article on ducks.", where: heed });

    // Who was on call has heard of what rang meanwhile, but for one.
    const grace = await heed.staff("grace");
    for (let left = true; left; ) {
      const ringing = (await grace("GET", "/v1/alarms?limit=100")).json.items.filter((alarm) => !alarm.acknowledged_at);
      for (const alarm of ringing.slice(1)) await grace("POST", `/v1/alarms/${alarm.alarm_id}/acknowledgement`, {});
      left = ringing.length > 1;
    }

    const page = await open_page({ viewport: { width: 1280, height: 760 } });
    const folder = join(root, "docs/pictures");
    mkdirSync(folder, { recursive: true });
    const picture = async (name) => {
      const path = join(folder, `console-${name}.png`);
      await page.screenshot({ path });
      assert.ok(statSync(path).size < 200_000, `${path} is ${statSync(path).size} bytes`);
    };
    await sign_in(page, "grace", heed);
    await page.locator("li.place").nth(5).waitFor();
    await picture("queue");
    const place = page.locator("li.place").filter({ hasText: "24 open" });
    await place.getByRole("button").first().click();
    await here(page).nth(3).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("s");
    await page.keyboard.press("d");
    await page.locator("#facts").fill("It insults her by name, again and again.");
    await page.getByText(/· [1-9]\d* seen/).waitFor();
    await picture("case");
    await page.keyboard.press("Control+Enter");
    await page.locator("#send").waitFor();
    await picture("preview");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.keyboard.press("b");
    await page.locator("heed-queue-page h1").waitFor();
    await page.keyboard.press("l");
    await page.locator("heed-lead-page table").first().waitFor();
    await picture("overview");
    const charts = page.locator("heed-chart");
    await charts.nth(2).getByRole("button").last().waitFor();
    await page.setViewportSize({ width: 1280, height: 860 });
    await page.locator("heed-figures").evaluate((one) => one.scrollIntoView());
    await picture("figures");
    assert.deepEqual(page.faults, []);
    await page.context().close();
  } finally {
    await heed.stop();
  }
});
