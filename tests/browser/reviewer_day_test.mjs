// /console: one reviewer's day from the invitation to the evening, by keyboard; and whoever has a conflict, with the ways
// around the wall that somebody might try.
import { assert, axe, focused, open_page, person, test, the_house } from "./browser.mjs";
import { until } from "./cases.mjs";
import { clear_queue, here, pile, sign_in } from "./console_test.mjs";
import { password } from "./heed.mjs";

/** An administrator makes a link on the page; whoever has it chooses a password. */
async function invited(name) {
  const { heed } = await the_house();
  const boss = person("boss");
  heed.run_with(password + "\n", "user", "create", boss, "--role", "admin", "--password-stdin", "--json");
  const admin = await heed.staff(boss);
  const made = await admin("POST", "/v1/invitations", { name, roles: ["reviewer"] });
  assert.equal(made.status, 201, made.text);
  return new URL(made.json.link, heed.url).href;
}
const decided = async (page) => {
  await page.keyboard.press("Control+Enter");
  await page.locator("#send").waitFor();
  await page.keyboard.press("Enter");
};

test("console: a reviewer's day, from the invitation to the evening", async () => {
  await clear_queue();
  const { heed } = await the_house();
  const name = person("noor"), page = await open_page(), grace = await heed.staff("grace");
  const no_faults = () => assert.deepEqual(page.faults, []);

  // Invited, and at the queue.
  await page.goto(await invited(name));
  await page.locator("#chosen").fill(password);
  await page.locator("#again").fill(password);
  await page.keyboard.press("Enter");
  await page.locator("heed-queue-page h1").waitFor();

  // The first hour: practice, by keyboard, with what colleagues would have said.
  await page.keyboard.press("Shift+P");
  await page.locator("heed-practice-page h1").waitFor();
  for (let i = 0; i < 8; ++i) {
    await page.keyboard.press(i % 3 ? "n" : "d");
    await page.locator("heed-practice-page #next").waitFor();
    await page.keyboard.press("c");
  }
  await page.getByText("That was the practice").waitFor();

  // A pile with a colleague: she has a slice, the rest is mine.
  const shared = await pile({ posts: 30, authors: 7, text: (i) => (i % 3 ? `you stupid worthless cow, number ${i}` : `thank you for speaking up, number ${i}`) });
  const hers = await grace("POST", "/v1/queues/default/claims", { case_id: shared.case_id, items_max: 10 });
  assert.equal(hers.status, 201, hers.text);
  await page.keyboard.press("q");
  await page.locator("li.place").first().waitFor();
  await page.keyboard.press("c");
  await page.waitForURL(new RegExp(shared.case_id));
  await here(page).first().waitFor();
  assert.ok((await here(page).count()) <= 20, "what she has is not mine");
  // All alike; the connection goes while it is sent.
  await page.keyboard.press("s");
  await page.keyboard.press("d");
  await page.locator("#facts").waitFor();
  assert.equal((await focused(page)).tag, "TEXTAREA");
  await page.keyboard.type("It insults her by name.");
  await page.keyboard.press("Control+Enter");
  await page.locator("#send").waitFor();
  await page.context().setOffline(true);
  await page.keyboard.press("Enter");
  await page.getByText("No connection. Nothing is lost").waitFor();
  await page.context().setOffline(false);
  await page.keyboard.press("Control+Enter");
  await page.getByText(/Still open of yours: \d+/).waitFor();
  const of_me = async () => (await grace("GET", `/v1/cases/${shared.case_id}/items?limit=200`)).json.items.filter((item) => item.decision && !item.decision.reversed);
  const first = await of_me();
  assert.ok(first.length > 1 && first.every((item) => item.decision.outcome === "violation"));
  // The rest is fine.
  await page.locator("#ask").waitFor();
  await page.keyboard.press("Shift+A");
  await page.keyboard.press("n");
  await decided(page);
  await page.locator("#next").waitFor();
  // Taken back, with words, and everybody concerned is told again.
  await page.keyboard.press("u");
  await page.getByRole("dialog").waitFor();
  await page.locator("#instead-clause").selectOption("targeted_harassment");
  await page.locator("#instead-action").selectOption("remove");
  await page.locator("#words").fill("Read again: they belong to the rest.");
  await page.keyboard.press("Control+Enter");
  await page.getByText(/Taken back: \d+\. Everybody concerned is told\./).waitFor();
  await grace("DELETE", `/v1/claims/${hers.json.claim_id}`);

  // The colleague's slice is free again: taken, and handed to a lead, who finds it in the leads' queue with the reason.
  await page.keyboard.press("q");
  await page.locator("li.place").first().waitFor();
  await page.keyboard.press("c");
  await here(page).first().waitFor();
  await page.keyboard.press("e");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.type("One of them is somebody from the town hall.");
  await page.keyboard.press("Control+Enter");
  await page.locator("heed-queue-page h1").waitFor();
  const lead = await open_page();
  await sign_in(lead, "grace");
  await lead.evaluate(() => (location.hash = "#/queue/lead"));
  await lead.locator("li.place").first().waitFor();
  await lead.keyboard.press("c");
  await lead.waitForURL(new RegExp(shared.case_id));
  await lead.getByText("What happened here").click();
  await lead.getByText("One of them is somebody from the town hall.").waitFor();
  await here(lead).first().waitFor();
  await lead.keyboard.press("Shift+A");
  await lead.keyboard.press("n");
  await decided(lead);
  await lead.locator("#next").waitFor();
  await until(async () => (await grace("GET", `/v1/cases/${shared.case_id}`)).json.items_open, (n) => n === 0);
  await lead.context().close();

  // A break; the line says what the day was; out.
  await page.keyboard.press("p");
  await page.getByRole("heading", { name: "You are on a break" }).waitFor();
  await page.keyboard.press("Enter");
  await page.locator("heed-queue-page h1").waitFor();
  assert.match(await page.locator("heed-console header").innerText(), /· [1-9]\d* seen/);
  assert.deepEqual((await (await heed.staff(name))("GET", "/v1/claims")).json.items, [], "nothing is left with her");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  no_faults();
  await page.context().close();
});

test("console: whoever has a conflict is not offered the case, and gets it by no way around", async () => {
  await clear_queue();
  const { heed } = await the_house();
  const grace = await heed.staff("grace");
  const own = person("own"), followed = person("followed"), stranger = person("stranger"), name = person("kay");
  heed.run_with(password + "\n", "user", "create", name, "--role", "reviewer", "--password-stdin", "--json");
  const kay = await heed.staff(name);
  assert.equal((await kay("POST", "/v1/ties", { kind: "own", account_id: own })).status, 201);
  // She follows somebody closely, and was reported by somebody else.
  const follow = await heed.platform("PUT", "/v1/relations", JSON.stringify({ from: own, to: followed, kind: "follow", state: "on" }) + "\n");
  assert.ok(follow.status < 300, follow.text);
  const report = async (author, target) => {
    const post = person("p");
    await heed.posts({ id: post, by: author, to: target, text: "you stupid worthless cow" });
    const receipt = await heed.user(target, "POST", "/v1/reports", { about: "me", symptoms: ["harassment"], items: [{ kind: "post", id: post }] });
    assert.equal(receipt.status, 201, receipt.text);
    return (await grace("GET", `/v1/cases?number=${receipt.json.number}`)).json.items[0].case_id;
  };
  const reporter = person("reporter");
  const walled = { "she is reported": await report(own, reporter), "whoever reported her reports another": await report(person("troll"), reporter), "she is the target": await report(person("troll"), own) };
  if ((await grace("GET", "/v1/queues/default")).json.items.length === 0) assert.fail("nothing waits");
  const free = await report(person("troll"), stranger);

  const page = await open_page();
  await sign_in(page, name);
  // Not offered: the list and the claim go past them.
  await page.locator("li.place").first().waitFor();
  const listed = await until(() => page.locator("li.place a, li.place").evaluateAll((all) => all.length), (n) => n > 0);
  assert.ok(listed >= 1);
  await page.keyboard.press("c");
  await page.waitForURL(new RegExp(free));
  await here(page).first().waitFor();
  await page.keyboard.press("b");
  await page.locator("heed-queue-page h1").waitFor();
  // By address, by API, by search, by a colleague's hand.
  for (const [why, id] of Object.entries(walled)) {
    await page.evaluate((to) => (location.hash = `#/case/${to}`), id);
    await page.getByText("There is nothing here that you may see").first().waitFor();
    for (const [method, path, body] of [
      ["GET", `/v1/cases/${id}`], ["GET", `/v1/cases/${id}/items`], ["GET", `/v1/cases/${id}/timeline`], ["GET", `/v1/cases/${id}/authors`], ["GET", `/v1/cases/${id}/evidence`],
      ["POST", "/v1/queues/default/claims", { case_id: id }], ["POST", `/v1/cases/${id}/messages`, { text: "x" }], ["POST", `/v1/cases/${id}/escalation`, { queue: "lead", reason: "x" }],
    ]) {
      const answer = await kay(method, path, body);
      assert.equal(answer.status, 404, `${why}: ${method} ${path} says ${answer.status}`);
      assert.equal(answer.json.detail, (await kay("GET", "/v1/cases/cas_01ARZ3NDEKTSV4RRFFQ69G5FAV")).json.detail, `${why}: as if it were not there`);
    }
    for (const words of [own, reporter]) {
      const found = (await kay("POST", "/v1/searches", { kind: "people", words })).json.items ?? [];
      assert.ok(!found.some((hit) => hit.case_id === id), `${why}: search finds it`);
    }
  }
  await axe(page, "behind a wall");
  // The manager hands it to her all the same.
  const id = walled["she is reported"], taken = await grace("POST", "/v1/queues/default/claims", { case_id: id });
  assert.equal(taken.status, 201, taken.text);
  const { alias } = (await kay("GET", "/v1/session")).json.staff, kays = (await grace("GET", "/v1/colleagues")).json.items.find((one) => one.alias === alias);
  assert.ok(kays, "a lead sees her among the colleagues");
  const handed = await grace("POST", `/v1/cases/${id}/handover`, { to: kays.staff_id, reason: "You know the people." });
  assert.equal(handed.status, 422, handed.text);
  assert.equal(handed.json.errors[0].detail, "cannot take this case", "and no reason why");
  assert.deepEqual((await kay("GET", "/v1/handovers")).json.items, []);
  // That a wall stands a lead may know, not why.
  const walls = await grace("GET", `/v1/cases/${id}/walls`);
  assert.equal(walls.status, 200, walls.text);
  assert.ok(!walls.text.includes(own) && !/own|declared|follow|report/.test(JSON.stringify(walls.json.items ?? walls.json)), walls.text);
  await grace("DELETE", `/v1/claims/${taken.json.claim_id}`);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
