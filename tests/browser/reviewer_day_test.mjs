// /console: one reviewer's day against a server of its own, from the invitation to the evening, by keyboard. Prints how
// many keys and seconds a decision took.
import { assert, axe, focused, open_page, test } from "./browser.mjs";
import { until } from "./cases.mjs";
import { here, keys_of, pile, sign_in, work_through } from "./console_test.mjs";
import { Heed, password } from "./heed.mjs";

/** What stands in the form goes out: shown first, then sent. */
async function decided(page, keys) {
  await keys.press("Control+Enter");
  await page.locator("#send").waitFor();
  await keys.press("Enter");
}
async function at_queue(page, keys) {
  await keys.press("q");
  await page.locator("heed-queue-page h1").waitFor();
}
const mild = (i) => (i % 3 ? `you stupid worthless cow, number ${i}` : `thank you for speaking up, number ${i}`);

test("a reviewer's day: invited, practice, a wall, 600 posts for two, the connection lost, handed on, two people, taken back", async () => {
  const heed = await Heed.start();
  try {
    const grace = await heed.staff("grace");
    heed.run_with(password + "\n", "user", "create", "boss", "--role", "admin", "--role", "lead", "--password-stdin", "--json");

    // Invited on the administrator's page; the link is opened elsewhere.
    const boss = await open_page();
    await sign_in(boss, "boss", heed);
    await boss.getByRole("link", { name: "Members" }).press("Enter");
    await boss.getByRole("heading", { name: "Members" }).waitFor();
    await until(() => focused(boss), (now) => now.tag === "H1");
    await boss.locator("#member").fill("noor");
    await boss.locator("#member").press("Enter");
    await boss.locator("#link").waitFor();
    const link = await boss.locator("#link").inputValue();
    const page = await open_page(), keys = keys_of(page);
    await page.goto(link);
    await page.locator("#chosen").fill(password);
    await page.locator("#again").fill(password);
    await page.locator("#again").press("Enter");
    await page.locator("heed-queue-page h1").waitFor();

    // The first hour: practice.
    await page.keyboard.press("Shift+P");
    await page.locator("heed-practice-page h1").waitFor();
    for (let i = 0; i < 8; ++i) {
      await page.keyboard.press(i % 3 ? "n" : "d");
      await page.locator("heed-practice-page #next").waitFor();
      await page.keyboard.press("c");
    }
    await page.getByText("That was the practice").waitFor();

    // Whom she will not judge; the case of a neighbour does not exist for her, by no way.
    const walled = await pile({ posts: 1, authors: 1, where: heed, text: () => "go back to your pond, you clown" });
    await page.locator("header a[href='#/account']").press("Enter");
    await page.getByRole("heading", { name: "Your account" }).waitFor();
    await until(() => focused(page), (now) => now.tag === "H1");
    await page.locator("#account").fill(walled.her);
    await page.locator("#account").press("Enter");
    await page.getByText("The wall stands").waitFor();
    const small = await pile({ posts: 3, authors: 3, where: heed, text: (i) => `${["what an idiot you are", "shut up, you ugly liar", "nobody wants you here, you fool"][i]}` });
    await page.evaluate((id) => (location.hash = `#/case/${id}`), walled.case_id);
    await page.getByText("There is nothing here that you may see").first().waitFor();
    await axe(page, "behind a wall");
    await page.goto(heed.url + "/console#/queue");
    await page.locator("li.place").first().waitFor();
    assert.equal(await page.locator("li.place").count(), 1, "the neighbour's case is in no list");
    const noor = await heed.staff("noor");
    assert.deepEqual((await noor("POST", "/v1/searches", { kind: "people", words: walled.her })).json.items, []);
    await keys.press("c");
    await page.waitForURL(new RegExp(small.case_id));
    await here(page).nth(2).waitFor();

    // One: against the rules. The answer does not come, then there is no connection; sent again, it is made once.
    await keys.press("d");
    await page.locator("#facts").waitFor();
    assert.equal((await focused(page)).tag, "TEXTAREA");
    await keys.type("It insults her by name.");
    await keys.press("Control+Enter");
    await page.locator("#send").waitFor();
    await page.route("**/decisions", async (route) => {
      await route.fetch();
      await route.abort("connectionreset");
    });
    await keys.press("Enter");
    await page.getByRole("alert").filter({ hasText: "There was no answer" }).waitFor();
    await page.unroute("**/decisions");
    await page.context().setOffline(true);
    await keys.press("Control+Enter");
    await page.getByText("No connection. Nothing is lost").waitFor();
    await page.locator("#send:enabled").waitFor();
    await page.context().setOffline(false);
    await keys.press("Control+Enter");
    await page.getByText("Still open of yours: 2").waitFor();
    const events = async (id, kind) => (await grace("GET", `/v1/cases/${id}/timeline?limit=200`)).json.items.filter((event) => event.kind === kind);
    assert.equal((await events(small.case_id, "decided")).length, 1, "once");

    // That one is taken back, with words.
    await keys.press("u");
    await page.getByRole("dialog").waitFor();
    await keys.type("I was on the wrong line.");
    await keys.press("Control+Enter");
    await page.getByText("Taken back: 1. Everybody concerned is told.").waitFor();
    assert.equal((await events(small.case_id, "reversed")).length, 1);

    // The second takes two people: proposed, and confirmed by the lead.
    const lead = await open_page(), leads = keys_of(lead);
    await sign_in(lead, "grace", heed);
    await lead.locator("li.place").first().waitFor();
    await keys.press("d");
    const form = page.locator("heed-decide");
    await form.locator("#clause").selectOption("targeted_harassment");
    await form.getByLabel("remove", { exact: true }).uncheck();
    await form.getByLabel("suspend the account").check();
    await form.locator("#facts").fill("It insults her by name.");
    await keys.press("Control+Enter");
    await page.getByText("This takes two people").waitFor();
    await page.getByRole("button", { name: "Propose it" }).press("Enter");
    await page.getByText("Proposed. It goes out when somebody else has confirmed it.").first().waitFor();
    await lead.getByRole("heading", { name: "Waits for a second person: 1" }).waitFor();
    await leads.press("s");
    await lead.locator("heed-second").getByRole("button", { name: "Confirm it" }).waitFor();
    await leads.press("y");
    await lead.getByText("Confirmed. It goes out in the name of you both.").first().waitFor();
    await page.locator("heed-second").getByText("it has gone out").waitFor();

    // The third goes to the leads' queue with a reason; the lead finds it there.
    await keys.press("e");
    await page.getByRole("dialog").waitFor();
    await keys.type("Somebody who knows her street.");
    await keys.press("Control+Enter");
    await page.locator("heed-queue-page h1").waitFor();
    await lead.goto(heed.url + "/console#/queue/lead");
    await lead.locator("li.place").first().waitFor();
    await leads.press("c");
    await lead.waitForURL(new RegExp(small.case_id));
    await lead.getByText("What happened here").click();
    await lead.getByText("Somebody who knows her street.").waitFor();
    await here(lead).first().waitFor();
    await leads.press("Shift+A");
    await leads.press("n");
    await decided(lead, leads);
    await lead.locator("#next").waitFor();
    await until(async () => (await grace("GET", `/v1/cases/${small.case_id}`)).json.items_open, (open) => open === 0);

    // The campaigner's 600 posts, by two people who each have a part of the pile.
    await heed.decide("no_violation"); // the neighbour's, by somebody who may
    const whole = await pile({ posts: 600, authors: 86, text: mild, where: heed });
    await lead.goto(heed.url + "/console#/queue");
    const began = Date.now(), before = keys.count + leads.count;
    for (const one of [page, lead]) await one.locator("li.place").first().waitFor();
    await Promise.all([work_through(page, keys), work_through(lead, leads)]);
    assert.equal((await grace("GET", `/v1/cases/${whole.case_id}`)).json.items_open, 0, "everything is decided");
    const pressed = keys.count + leads.count - before, seconds = (Date.now() - began) / 1000;
    const made = await events(whole.case_id, "decided"), acts = made.length;
    assert.equal(made.reduce((sum, event) => sum + event.fields.items.length, 0), 600, "by people, all of them");
    const items = [];
    for (let cursor = ""; cursor !== undefined; ) {
      const some = (await grace("GET", `/v1/cases/${whole.case_id}/items?limit=200${cursor && `&cursor=${cursor}`}`)).json;
      items.push(...some.items);
      cursor = some.next_cursor;
    }
    assert.equal(items.length, 600);
    for (const item of items) assert.equal(item.decision.outcome, item.evidence.versions[0].post.text.includes("worthless") ? "violation" : "no_violation", "who thanked her stays");
    console.log(`         600 posts by two: ${pressed} keys and ${seconds.toFixed(1)} s, in ${acts} decisions; a post ${(pressed / 600).toFixed(2)} keys and ${((2 * seconds) / 600).toFixed(2)} s of one person, a decision ${(pressed / acts).toFixed(1)} keys and ${((2 * seconds) / acts).toFixed(1)} s`);
    assert.ok(pressed < 300, `${pressed} keys`);

    // A break, what the day was, and out; nothing is left with her.
    await at_queue(page, keys);
    await keys.press("p");
    await page.getByRole("heading", { name: "You are on a break" }).waitFor();
    await keys.press("Enter");
    await page.locator("heed-queue-page h1").waitFor();
    assert.match(await page.locator("heed-console header").innerText(), /· [1-9]\d* seen/);
    assert.deepEqual((await noor("GET", "/v1/claims")).json.items, []);
    await page.getByRole("button", { name: "Sign out" }).press("Enter");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    for (const one of [boss, page, lead]) {
      assert.deepEqual(one.faults, []);
      await one.context().close();
    }
  } finally {
    await heed.stop();
  }
});
