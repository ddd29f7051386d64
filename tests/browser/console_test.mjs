// /console: a reviewer's work, by keyboard, against the real binary; hostile words; lost connections; axe in both themes.
import { assert, axe, clients, focused, no_sideways_scroll, open_page, person, test, the_house, words_in } from "./browser.mjs";
import { password } from "./heed.mjs";

export const kHostile = [
  `<img src=x onerror="document.title='owned'"><script>document.title="owned"</script><b>bold</b>`,
  "you stupid worthless cow \u202Etxeiver\u2066 back \u200F",
  `http://evil.example/"onmouseover=alert(1) javascript:alert(1) [x](http://evil.example)`,
  "{{constructor.constructor('document.title=1')()}} ${document.title}",
];

/** Her pile: so many posts aimed at her by so many people, reported as one. */
export async function pile({ posts = 12, authors = 4, text = (i) => `you stupid worthless cow, number ${i}`, comment = "Since Friday, all of them.", where = undefined } = {}) {
  const heed = where ?? (await the_house()).heed;
  const her = person("caro"), troll = person("troll");
  const batch = 500;
  for (let from = 0; from < posts; from += batch) {
    const lines = Array.from({ length: Math.min(batch, posts - from) }, (_, i) => ({ id: person("p"), by: `${troll}-${(from + i) % authors}`, to: her, text: text(from + i) }));
    await heed.posts(...lines);
  }
  const receipt = await heed.user(her, "POST", "/v1/reports", { about: "me", symptoms: ["harassment"], comment, pile: { target: her, since: new Date(Date.now() - 3600_000).toISOString() } });
  assert.equal(receipt.status, 201, receipt.text);
  const grace = await heed.staff("grace");
  const number = receipt.json.number;
  // A pile is taken in steps.
  for (let tries = 0; ; ++tries) {
    const found = (await grace("GET", `/v1/cases?number=${number}`)).json.items[0];
    if (found.items >= posts) return { heed, her, number, case_id: found.case_id, grace };
    assert.ok(tries < 600, `only ${found.items} of ${posts} posts are in the case`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
/** What waits from other tests is decided first, so that the next claim is this test's. */
export async function clear_queue() {
  const { heed } = await the_house();
  await heed.decide("no_violation");
}

export async function sign_in(page, name = "ada", where = undefined) {
  const heed = where ?? (await the_house()).heed;
  await page.goto(heed.url + "/console");
  await page.getByRole("heading", { name: /Sign in|Anmelden/ }).waitFor();
  await page.locator("#name").fill(name);
  await page.locator("#password").fill(password);
  await page.keyboard.press("Enter");
  await page.locator("heed-queue-page h1").waitFor();
}
/** Somebody with these roles, made as an operator makes them. */
export async function member(...roles) {
  const { heed } = await the_house();
  const name = person(roles[0]);
  heed.run_with(password + "\n", "user", "create", name, ...roles.flatMap((role) => ["--role", role]), "--password-stdin", "--json");
  return name;
}
/** Signs in, whatever page the roles lead to. */
export async function enter(page, name) {
  const { heed } = await the_house();
  await page.goto(heed.url + "/console");
  await page.locator("#name").fill(name);
  await page.locator("#password").fill(password);
  await page.keyboard.press("Enter");
  await page.locator("[data-page] h1, [data-page].alone").first().waitFor();
}
export const here = (page) => page.locator("heed-pile article");
export const keys_of = (page) => {
  let n = 0;
  return {
    press: async (key) => {
      n++;
      await page.keyboard.press(key);
    },
    type: async (text) => {
      n += text.length;
      await page.keyboard.type(text);
    },
    get count() {
      return n;
    },
  };
};

/** From the queue on, by keyboard: claims of a pile until nothing of it is free, all alike of what stands first at once. */
export async function work_through(page, own) {
  await own.press("c");
  await here(page).first().waitFor();
  for (let claims = 0; claims < 6; ++claims) {
    for (;;) {
      const first = await here(page).first().innerText();
      await own.press("s");
      if (first.includes("worthless")) {
        await own.press("d");
        if (!(await page.locator("#facts").inputValue())) await own.type("It insults her by name.");
      } else {
        await own.press("n");
      }
      await own.press("Control+Enter");
      await page.locator("#send").waitFor();
      await own.press("Enter");
      const left = page.getByText(/Still open of yours: \d+/).or(page.locator("#next"));
      await left.first().waitFor();
      if (await page.locator("#next").count()) break;
      await page.locator("#ask").waitFor();
    }
    const before = page.url();
    await own.press("c");
    await page.waitForFunction((url) => location.href !== url || document.querySelector("heed-console").shadowRoot.querySelector("heed-case-desk").shadowRoot.textContent.includes("Nothing waits here"), before);
    if (page.url() === before) return;
    await page.locator("#ask").waitFor();
  }
}

test("console: a wrong password is said kindly, the right one opens, and the door closes behind", async () => {
  const { heed } = await the_house();
  const page = await open_page();
  await page.goto(heed.url + "/console");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.equal(await page.locator("heed-queue-page").count(), 0);
  await page.locator("#name").fill("ada");
  await page.locator("#password").fill("not this one");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "do not fit together" }).waitFor();
  assert.equal((await focused(page)).type, "password", "the keyboard is where the next try is typed");
  await axe(page, "sign-in with a fault");
  await page.locator("#password").fill(password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Queue" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Queue" }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  const session = await page.evaluate(() => fetch("/v1/session").then((answer) => answer.status));
  assert.equal(session, 401, "the session is over, not only the page");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("console: a name that is tried too often is told to wait", async () => {
  const { heed } = await the_house();
  const page = await open_page();
  await page.goto(heed.url + "/console");
  const name = person("nobody");
  for (let i = 0; i < 11; ++i) await heed.call("POST", "/v1/session", { name, password: "not this one" });
  await page.locator("#name").fill(name);
  await page.locator("#password").fill("not this one");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "many tries" }).waitFor();
  await page.context().close();
});

test("console: a session that ends leads to the door, and back to work after it", async () => {
  const { heed } = await the_house();
  const page = await open_page();
  await sign_in(page);
  await page.context().clearCookies();
  await page.keyboard.press("c");
  await page.getByRole("alert").filter({ hasText: "signed out" }).waitFor();
  await page.locator("#name").fill("ada");
  await page.locator("#password").fill(password);
  await page.keyboard.press("Enter");
  await page.locator("heed-queue-page h1").waitFor();
  assert.equal(new URL(page.url()).origin, heed.url);
  await page.context().close();
});

test("console: a pile of 100 posts is decided with the keyboard alone, and people read what was shown", async () => {
  await clear_queue();
  const { heed, her, case_id } = await pile({ posts: 100, authors: 17 });
  const page = await open_page();
  await sign_in(page);
  await page.locator("li.place").first().waitFor();
  const began = Date.now(), keys = keys_of(page);
  await keys.press("c");
  await here(page).first().waitFor();
  assert.match(page.url(), new RegExp(case_id));
  await keys.press("s");
  await page.getByText("Decide 100 posts").waitFor();
  await keys.press("d");
  await page.locator("#facts").waitFor();
  assert.equal((await focused(page)).tag, "TEXTAREA");
  await keys.type("It insults one person, again and again.");
  await keys.press("Control+Enter");
  await page.locator("#send").waitFor();
  const shown = await page.locator(".told").first().innerText();
  assert.match(shown, /Harassment|rules/i);
  const author_text = await page.locator(".told").nth(1).innerText();
  assert.ok(author_text.includes("It insults one person, again and again."), author_text);
  await axe(page, "preview");
  await keys.press("Enter");
  await page.getByText("Everything that you had is decided").waitFor();
  const seconds = (Date.now() - began) / 1000;
  console.log(`         100 posts: ${keys.count} keys, ${seconds.toFixed(1)} s, ${(keys.count / 100).toFixed(2)} keys a post`);
  assert.ok(keys.count < 100, `${keys.count} keys`);
  const items = await (await heed.staff("grace"))("GET", `/v1/cases/${case_id}/items?limit=200`);
  assert.ok(items.json.items.every((item) => item.state === "decided" && item.decision.outcome === "violation"));
  const told = (await heed.user(her, "GET", "/v1/notices?locale=en")).json.items.map((notice) => JSON.stringify(notice.content));
  const first = shown.split("\n").map((line) => line.trim()).find((line) => line.length > 30 && !line.includes("[…]"));
  assert.ok(told.some((text) => text.includes(JSON.stringify(first).slice(1, -1))), `she was told what was shown: ${first}\n${told}`);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("console: the campaigner's 600 posts are decided by two people with the keyboard", async () => {
  await clear_queue();
  const { case_id, grace } = await pile({ posts: 600, authors: 86, text: (i) => (i % 3 ? `you stupid worthless cow, number ${i}` : `thank you for speaking up, number ${i}`) });
  const keys = [], began = Date.now();
  const work = async (name) => {
    const page = await open_page();
    await sign_in(page, name);
    const own = keys_of(page);
    keys.push(own);
    await page.locator("li.place").first().waitFor();
    await work_through(page, own);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  };
  await Promise.all([work("ada"), work("grace")]);
  const whole = (await grace("GET", `/v1/cases/${case_id}`)).json;
  assert.equal(whole.items_open, 0, "everything is decided");
  const n = keys.reduce((sum, own) => sum + own.count, 0), seconds = (Date.now() - began) / 1000;
  console.log(`         600 posts by two: ${keys.map((own) => own.count).join(" and ")} keys, ${seconds.toFixed(1)} s`);
  assert.ok(n < 300, `${n} keys`);
});

test("console: one by one, with another outcome, taken back, handed on, given back", async () => {
  await clear_queue();
  const { heed, case_id, grace } = await pile({ posts: 4, authors: 4 });
  const page = await open_page();
  await sign_in(page);
  await page.locator("li.place").first().waitFor();
  await page.keyboard.press("c");
  await here(page).first().waitFor();
  // The first: no violation.
  await page.keyboard.press("n");
  await page.keyboard.press("Control+Enter");
  await page.locator("#send").waitFor();
  await page.getByText("Authors read nothing of this").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("#ask").waitFor();
  await page.keyboard.press("Control+Enter");
  await page.locator("#send").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("Still open of yours: 3").waitFor();
  // The second: against the rule that the digit names.
  await page.keyboard.press("1");
  await page.locator("#facts").fill("It names her street.");
  await page.keyboard.press("Control+Enter");
  await page.locator("#send").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("Still open of yours: 2").waitFor();
  const decided = async () => (await grace("GET", `/v1/cases/${case_id}/items`)).json.items.filter((item) => item.decision);
  assert.deepEqual((await decided()).map((item) => item.decision.outcome).sort(), ["no_violation", "violation"]);
  // Taken back.
  await page.keyboard.press("u");
  await page.getByRole("dialog").waitFor();
  await axe(page, "undo");
  await page.keyboard.type("I was on the wrong line.");
  await page.keyboard.press("Control+Enter");
  await page.getByText("Taken back: 1. Everybody concerned is told.").waitFor();
  assert.equal((await decided()).filter((item) => item.decision.reversed).length, 1);
  // A note, then back to the queue.
  await page.keyboard.press("m");
  await page.keyboard.type("The same four accounts as last week.");
  await page.keyboard.press("Control+Enter");
  await page.getByText("The note is in the case").waitFor();
  await page.keyboard.press("b");
  await page.locator("heed-queue-page h1").waitFor();
  const held = (await (await heed.staff("ada"))("GET", "/v1/claims")).json.items.filter((claim) => claim.case_id === case_id);
  assert.deepEqual(held, []);
  // Taken again, and handed on.
  await page.locator("li.place").first().waitFor();
  await page.keyboard.press("c");
  await here(page).first().waitFor();
  assert.equal(await here(page).count(), 2, "only what is open is mine");
  await page.getByText("What happened here").click();
  await page.getByText("The same four accounts as last week.").waitFor();
  await page.keyboard.press("e");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.type("Somebody who knows her street.");
  await page.keyboard.press("Control+Enter");
  await page.locator("heed-queue-page h1").waitFor();
  assert.equal((await grace("GET", `/v1/cases/${case_id}`)).json.queue, "lead");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("console: \"no violation\" is taken back by saying what holds instead", async () => {
  await clear_queue();
  const { case_id, grace } = await pile({ posts: 1, authors: 1 });
  const page = await open_page();
  await sign_in(page);
  await page.locator("li.place").first().waitFor();
  await page.keyboard.press("c");
  await here(page).first().waitFor();
  await page.keyboard.press("n");
  await page.keyboard.press("Control+Enter");
  await page.locator("#send").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("is decided").first().waitFor();
  await page.keyboard.press("u");
  await page.getByRole("dialog").waitFor();
  await page.locator("#instead-clause").selectOption("targeted_harassment");
  await page.locator("#instead-action").selectOption("remove");
  await page.locator("#words").fill("Read again: it is aimed at her.");
  await page.keyboard.press("Control+Enter");
  await page.getByText("Taken back: 1. Everybody concerned is told.").waitFor();
  const item = (await grace("GET", `/v1/cases/${case_id}/items`)).json.items[0];
  assert.equal(item.decision.outcome, "violation");
  await page.context().close();
});

test("console: whatever is written in a post stays text", async () => {
  await clear_queue();
  await pile({ posts: kHostile.length + 1, authors: 5, text: (i) => kHostile[i] ?? "A ".repeat(9000) + "end", comment: "<script>document.title='owned'</script><b>help</b>" });
  const page = await open_page();
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await sign_in(page);
  await page.locator("li.place").first().waitFor();
  const before = await page.title();
  await page.keyboard.press("c");
  await here(page).nth(kHostile.length).waitFor();
  const words = await page.locator("heed-pile .text").allInnerTexts();
  assert.ok(words.some((text) => text.includes("<script>document.title")), "as it was written");
  assert.equal(await page.locator("heed-pile .text :is(img, script, b, a, iframe)").count(), 0);
  assert.ok((await page.locator("heed-pile .unseen").allInnerTexts()).includes("U+202E"), "what turns the direction is shown as what it is");
  assert.ok(!words.join("").includes("\u202E"));
  assert.ok(words.find((text) => text.startsWith("A A")).length < 1500, "a huge post is cut until asked for");
  await page.getByRole("button", { name: /Show all 18,003 characters/ }).click();
  assert.ok((await page.locator("heed-pile .text").allInnerTexts()).some((text) => text.endsWith("end")));
  await page.locator("heed-case-desk aside").getByText("document.title='owned'").waitFor();
  await page.waitForFunction(() => document.title.includes("Heed"));
  assert.ok(!(await page.title()).includes("owned"), before);
  assert.ok(asked.every((url) => new URL(url).origin === new URL(page.url()).origin), "nothing is asked of another site");
  await axe(page, "hostile posts");
  await no_sideways_scroll(page, "hostile posts");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("console: without a connection nothing is lost, and the decision goes out once", async () => {
  await clear_queue();
  const { case_id, grace } = await pile({ posts: 3, authors: 3 });
  const page = await open_page();
  await sign_in(page);
  await page.locator("li.place").first().waitFor();
  await page.keyboard.press("c");
  await here(page).first().waitFor();
  await page.keyboard.press("Shift+A");
  await page.keyboard.press("d");
  await page.locator("#facts").fill("It insults her by name.");
  await page.keyboard.press("Control+Enter");
  await page.locator("#send").waitFor();
  // The decision arrives, its answer does not.
  await page.route("**/decisions", async (route) => {
    await route.fetch();
    await route.abort("connectionreset");
  });
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "There was no answer" }).waitFor();
  await page.unroute("**/decisions");
  // Then there is no connection at all.
  await page.context().setOffline(true);
  await page.keyboard.press("Control+Enter");
  await page.getByText("No connection. Nothing is lost").waitFor();
  await page.locator("#send:enabled").waitFor();
  await axe(page, "no connection");
  assert.equal(await page.locator("#send").count(), 1, "what is to be sent is still here");
  await page.context().setOffline(false);
  await page.keyboard.press("Control+Enter");
  await page.getByText("Everything that you had is decided").waitFor();
  const timeline = (await grace("GET", `/v1/cases/${case_id}/timeline?limit=200`)).json.items;
  assert.equal(timeline.filter((event) => event.kind === "decided").length, 1, "once");
  await page.getByText("No connection").waitFor({ state: "detached" });
  await page.context().close();
});

test("console: two share a pile, each sees what the other has", async () => {
  await clear_queue();
  const { heed, case_id } = await pile({ posts: 5, authors: 5 });
  const grace = await heed.staff("grace");
  const hers = await grace("POST", "/v1/queues/default/claims", { case_id, items_max: 2 });
  assert.equal(hers.status, 201, hers.text);
  const page = await open_page();
  await sign_in(page);
  await page.locator("li.place").first().waitFor();
  await page.keyboard.press("c");
  await here(page).first().waitFor();
  assert.equal(await here(page).count(), 3);
  await page.keyboard.press("v");
  await here(page).nth(4).waitFor();
  assert.equal(await page.getByText("somebody else has it").count(), 2);
  await page.keyboard.press("p");
  await page.getByRole("heading", { name: "You are on a break" }).waitFor();
  const held = (await (await heed.staff("ada"))("GET", "/v1/claims")).json.items.filter((claim) => claim.case_id === case_id);
  assert.deepEqual(held, [], "a pause gives the claim back");
  await axe(page, "pause");
  await page.keyboard.press("Enter");
  await page.locator("heed-queue-page h1").waitFor();
  await grace("DELETE", `/v1/claims/${hers.json.claim_id}`);
  await page.context().close();
});

test("console: words that somebody chose to be spared stay hidden until asked for", async () => {
  await clear_queue();
  await pile({ posts: 2, authors: 2 });
  const page = await open_page();
  await sign_in(page);
  await page.keyboard.press(",");
  await page.getByRole("dialog").waitFor();
  await axe(page, "settings");
  await page.getByLabel("insult", { exact: true }).check();
  await page.getByRole("button", { name: "Close" }).click();
  await page.locator("li.place").first().waitFor();
  await page.keyboard.press("c");
  await here(page).first().waitFor();
  assert.equal(await page.locator("heed-pile .text").count(), 0, "no words");
  assert.ok(!(await words_in(page.locator("heed-pile"))).includes("worthless"));
  await page.getByText("chose to be spared").waitFor();
  await axe(page, "hidden words");
  await page.keyboard.press("o");
  await page.locator("heed-pile .text").first().waitFor();
  assert.equal(await page.locator("heed-pile .text").count(), 1, "only the one asked for");
  await page.keyboard.press("b");
  await page.locator("heed-queue-page h1").waitFor();
  await page.context().close();
});

test("console: the queue follows by itself, and a lead answers an objection", async () => {
  await clear_queue();
  const page = await open_page();
  await sign_in(page, "grace");
  await page.getByText("Nothing waits here").waitFor();
  const { heed, case_id, grace } = await pile({ posts: 1, authors: 1 });
  await page.locator("li.place").first().waitFor();
  await heed.decide("violation");
  await page.getByText("Nothing waits here").waitFor();
  const item = (await grace("GET", `/v1/cases/${case_id}/items`)).json.items[0];
  const author = item.evidence.versions[0].post.author.id;
  const filed = await heed.platform("POST", `/v1/decisions/${item.decision.decision_id}/appeals`, { account_id: author, text: "It was meant <b>kindly</b>." });
  assert.equal(filed.status, 201, filed.text);
  await page.keyboard.press("l");
  await page.getByText("By an author").first().waitFor();
  const today = page.locator("section[aria-labelledby=figures] tbody tr").first();
  await today.waitFor();
  assert.equal(await today.locator("th").innerText(), new Date().toISOString().slice(0, 10));
  const card = page.locator("heed-lead-page .card").filter({ has: page.locator(`a[href="#/case/${case_id}"]`) });
  await card.getByRole("button", { name: "Answer" }).click();
  await axe(page, "objection");
  await card.getByLabel("The decision is taken back").check();
  await card.locator("#reason").fill("Read again, it is kind.");
  await card.getByRole("button", { name: "Answer" }).last().click();
  await page.getByText("Answered. Everybody concerned is told.").waitFor();
  assert.equal((await grace("GET", `/v1/cases/${case_id}/items`)).json.items[0].decision.reversed, true);
  await page.evaluate((id) => (location.hash = `#/case/${id}`), case_id);
  await page.getByText("Objection: It was meant <b>kindly</b>.").waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("console: what rings is shown and taken with one key", async () => {
  // Alarms ring by the clock, which goes its own way here: the list is the only thing that is not the server's.
  const page = await open_page();
  const alarm = { alarm_id: "ntc_01ARZ3NDEKTSV4RRFFQ69G5FAV", case_id: "cas_01ARZ3NDEKTSV4RRFFQ69G5FAV", kind: "clock", state: "ringing", at: new Date().toISOString(), calls: 1, level: 0, next_call_at: null, acknowledged_at: null };
  let taken = 0;
  await page.route("**/v1/alarms?*", (route) => route.fulfill({ json: { items: taken ? [] : [alarm] } }));
  await page.route("**/acknowledgement", (route) => {
    taken++;
    return route.fulfill({ json: { ...alarm, state: "acknowledged" } });
  });
  await sign_in(page);
  await page.getByText("Alarms: 1").waitFor();
  await axe(page, "alarms");
  await page.keyboard.press("a");
  await page.getByText("You have it. Nobody else is called.").waitFor();
  assert.equal(taken, 1);
  await page.getByText("Alarms: 1").waitFor({ state: "detached" });
  await page.context().close();
});

test("console: time at work is counted, and a break offered after fifty minutes", async () => {
  const page = await open_page();
  await page.clock.install();
  const { heed } = await the_house();
  await (await heed.staff("ada"))("POST", "/v1/shift", { anew: true }); // whatever other tests have asked of her
  await sign_in(page);
  const strip = page.getByText("without a break");
  for (let minutes = 0; minutes < 52; minutes += 4) {
    assert.equal(await strip.count(), 0, `after ${minutes} minutes`);
    await page.keyboard.press("k"); // somebody is there
    await page.clock.runFor(4 * 60_000);
  }
  await strip.waitFor();
  await axe(page, "break");
  await page.getByRole("button", { name: "In 15 minutes" }).click();
  await strip.waitFor({ state: "detached" });
  await page.keyboard.press("p");
  await page.getByRole("heading", { name: "You are on a break" }).waitFor();
  await page.getByRole("button", { name: "I am back" }).click();
  await page.clock.runFor(20_000);
  await page.locator("heed-queue-page h1").waitFor();
  assert.equal(await strip.count(), 0, "whoever rested has rested");
  await page.context().close();
});

test("console: every key is shown by ?, and switched off where somebody wants that", async () => {
  const page = await open_page();
  await sign_in(page);
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await axe(page, "keys");
  assert.match(await dialog.innerText(), /take the next case/);
  await page.keyboard.press("Escape");
  await page.keyboard.press(",");
  await page.getByLabel("Single keys do something").uncheck();
  await page.getByRole("button", { name: "Close" }).click();
  await page.keyboard.press("l");
  await page.keyboard.press("?");
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.ok(!page.url().includes("leads"));
  await page.context().close();
});

for (const [theme, client] of [["light", "desktop"], ["dark", "narrow"], ["dark", "desktop"]]) {
  test(`console: every page, ${theme}, ${client}: axe finds nothing and nothing scrolls sideways`, async () => {
    await clear_queue();
    await pile({ posts: 6, authors: 3 });
    const page = await open_page({ ...clients[client], colorScheme: theme, ...(client === "narrow" ? { locale: "de-DE" } : {}) });
    const look = async (where) => {
      await axe(page, `${where}, ${theme}, ${client}`);
      await no_sideways_scroll(page, `${where}, ${theme}, ${client}`);
      const words = await words_in(page.locator("heed-console"));
      assert.ok(!/undefined|\{\w+\}|NaN/.test(words), `${where}: ${words}`);
      if (client === "narrow") for (const english of [" the ", "Queue", "Pause gives", "Decide", "nothing"]) assert.ok(!words.includes(english), `${where}: ${english}`);
    };
    const { heed } = await the_house();
    await page.goto(heed.url + "/console");
    await page.locator("#name").waitFor();
    await look("sign-in");
    await sign_in(page, "grace");
    await page.locator("li.place").first().waitFor();
    await look("queue");
    await page.keyboard.press("l");
    await page.locator("heed-lead-page table").first().waitFor();
    await look("overview");
    await page.keyboard.press("q");
    await page.locator("li.place").first().waitFor();
    await page.keyboard.press("c");
    await here(page).first().waitFor();
    await look("case");
    for (const closed = page.locator("heed-case-desk details:not([open]) > summary"); await closed.count(); ) await closed.first().click();
    await page.locator("heed-case-people tbody tr").first().waitFor();
    await page.locator("heed-case-people #links :is(ul, p.quiet)").first().waitFor();
    await page.keyboard.press("x");
    await look("case, all open");
    await page.keyboard.press("b");
    await page.locator("heed-queue-page h1").waitFor();
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test("console: a case of 10,000 posts opens within a second and scrolls", async () => {
  await clear_queue();
  const { case_id } = await pile({ posts: 10_000, authors: 86, text: (i) => `number ${i}: you stupid worthless cow${i % 7 === 0 ? ", ".repeat(5) + "and so is everybody who says otherwise, all day long".repeat(3) : ""}` });
  const page = await open_page();
  await sign_in(page, "grace");
  const began = Date.now();
  await page.evaluate((id) => (location.hash = `#/case/${id}`), case_id);
  await here(page).first().waitFor();
  const opened = Date.now() - began;
  assert.ok((await here(page).count()) < 60, "only what is near the window is in the page");
  // Down, page by page, while the rest loads; frames that took longer than two of the screen's are counted.
  const frames = await page.evaluate(async () => {
    const deep = (at, name) => at.shadowRoot.querySelector(name);
    const scroller = deep(deep(deep(document.querySelector("heed-console"), "heed-case-desk"), "heed-pile"), ".scroller");
    let last = performance.now(), slow = 0, all = 0, longest = 0;
    for (let i = 0; i < 240; ++i) {
      scroller.scrollTop += 400;
      await new Promise((done) => requestAnimationFrame(done));
      const now = performance.now(), took = now - last;
      last = now;
      all++;
      longest = Math.max(longest, took);
      if (took > 34) slow++;
    }
    return { all, slow, longest, top: scroller.scrollTop };
  });
  console.log(`         10,000 posts: first in ${opened} ms; of ${frames.all} frames while scrolling ${frames.slow} took over 34 ms, the longest ${Math.round(frames.longest)} ms`);
  assert.ok(frames.top > 20_000, "it scrolls");
  assert.ok(opened < 1000, `${opened} ms`);
  assert.ok((await here(page).count()) < 80);
  await page.keyboard.press("k");
  await page.context().close();
});

test("console: the page may load nothing from elsewhere and weighs less than 250 kB", async () => {
  const { heed } = await the_house();
  const page = await heed.call("GET", "/console", undefined, { "Accept-Encoding": "gzip" });
  assert.match(page.headers.get("content-security-policy"), /^default-src 'none'; script-src 'self';/);
  assert.ok(!/unsafe|\*|http/.test(page.headers.get("content-security-policy")));
  assert.ok(!/<script>|<style| style=| on\w+=/.test(page.text), "no inline script or style");
  let weight = Number(page.headers.get("content-length"));
  for (const [, asset] of page.text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
    const got = await heed.call("GET", asset, undefined, { "Accept-Encoding": "gzip" });
    assert.equal(got.status, 200, asset);
    assert.equal(got.headers.get("content-encoding"), "gzip");
    assert.match(got.headers.get("cache-control"), /immutable/);
    weight += Number(got.headers.get("content-length"));
  }
  console.log(`         /console: ${weight} bytes compressed`);
  assert.ok(weight > 10_000 && weight < 250_000, `${weight} bytes`);
});
