// <heed-case>: the receipt that stays, live.
import { assert, axe, clients, jwt, no_sideways_scroll, open_page, person, test, the_house } from "./browser.mjs";
import { open_case } from "./cases.mjs";

const kTheirs = "you stupid worthless cow <b>x</b> \u202E backwards";

/** A case of hers with two posts by two people, one of them a friend's. */
async function with_case(pile = false) {
  const { heed } = await the_house();
  const her = person("caro"), posts = [person("p"), person("p")];
  await heed.posts({ id: posts[0], by: person("troll"), to: her, text: kTheirs }, { id: posts[1], by: person("troll"), to: her, text: kTheirs });
  const since = new Date(Date.now() - 3600_000).toISOString();
  const body = { about: "me", symptoms: ["harassment"], comment: "Since Friday.", ...(pile ? { pile: { target: her, since } } : { items: posts.map((id) => ({ kind: "post", id })) }) };
  const receipt = await heed.user(her, "POST", "/v1/reports", body);
  assert.equal(receipt.status, 201, receipt.text);
  return { heed, her, posts, number: receipt.json.number };
}

for (const [lang, theme, client] of [["en", "light", "desktop"], ["de", "dark", "narrow"]]) {
  test(`her case says what we have, how it stands and until when she has an answer (${lang}, ${theme}, ${client})`, async () => {
    const { her, number } = await with_case();
    const page = await open_page({ ...clients[client], colorScheme: theme, locale: lang });
    await open_case(page, her, "", lang);
    assert.equal(await page.locator(".number").innerText(), number);
    const words = await page.locator("heed-case section").innerText();
    assert.match(words, lang === "de" ? /wartet darauf/ : /waits for a person/);
    assert.match(words, lang === "de" ? /spätestens/ : /at the latest/);
    assert.ok(!words.includes("worthless"), "nothing that the other side wrote is shown unasked");
    assert.ok(!(await page.title()).includes("worthless"));
    assert.ok(!/undefined|null|\{\w+\}/.test(words));
    if (lang === "de") for (const english of ["Nothing", "report", " the ", "Show"]) assert.ok(!words.includes(english), english);
    await axe(page, "case");
    await no_sideways_scroll(page, "case");
    for (const summary of await page.locator("details > summary").all()) if (await summary.isVisible()) await summary.click();
    await axe(page, "case, all open");
    const history = await page.locator("heed-case section").innerText();
    assert.ok(history.includes("Since Friday."), "her own words are hers to read");
    await page.locator("button[aria-expanded=false]").first().click();
    assert.ok((await page.locator(".theirs").innerText()).includes("<b>x</b>"), "as text, when she opens it");
    await axe(page, "case, their words open");
    await no_sideways_scroll(page, "case, their words open");
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test("the page changes by itself when something happens, and says so", async () => {
  const { heed, her } = await with_case();
  const page = await open_page();
  await open_case(page, her);
  await page.getByText("This page updates by itself.").waitFor();
  await heed.decide("violation");
  await page.getByText("is decided. You can still disagree.").waitFor();
  await page.getByRole("status").filter({ hasText: "There is news" }).waitFor();
  await page.getByText("This is against the rules, and we acted.").first().waitFor();
  await page.getByText("A person decided this.").first().waitFor();
  await page.getByText("Why: ").first().waitFor();
  assert.ok((await page.locator("summary", { hasText: "we acted on it" }).count()) > 0, "what we told her");
  await axe(page, "decided");
  // The platform confirms; she reads it.
  const orders = (await heed.platform("GET", "/v1/actions")).text.trim().split("\n").map((line) => JSON.parse(line));
  for (const order of orders) await heed.platform("POST", `/v1/actions/${order.action_id}/result`, { state: "done", at: new Date().toISOString() });
  await page.getByText("Everything that has happened").click();
  await page.getByText("The platform has confirmed that it did what was ordered.").first().waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("she can add words, disagree, and take her report back: each once", async () => {
  const { heed, her } = await with_case();
  const page = await open_page();
  await open_case(page, her);
  await page.getByRole("textbox", { name: "Add something" }).fill("He wrote again today.");
  await page.getByRole("button", { name: "Add to the case" }).click();
  await page.getByRole("status").filter({ hasText: "It is in your case now." }).waitFor();
  await page.getByText("Everything that has happened").click();
  await page.getByText("You added something.").waitFor();
  // An objection to "no violation".
  await heed.decide("no_violation");
  await page.getByText("We did not find this to be against the rules.").first().waitFor();
  await page.getByRole("button", { name: "I disagree" }).first().click();
  await page.getByRole("textbox", { name: "Why you disagree" }).fill("It was the tenth time.");
  await axe(page, "appeal");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("status").filter({ hasText: "We have your objection." }).waitFor();
  await page.getByText("You disagreed with a decision.").waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();

  const other = await with_case();
  const second = await open_page(clients.android);
  await open_case(second, other.her);
  await second.getByRole("button", { name: "Take this report back" }).click();
  await second.getByText("Do you want to take your report back?").waitFor();
  await axe(second, "take back");
  await second.getByRole("button", { name: "No, leave it" }).click();
  assert.equal((await heed.user(other.her, "GET", "/v1/reports")).json.items[0].state, "received");
  await second.getByRole("button", { name: "Take this report back" }).click();
  await second.getByRole("button", { name: "Yes, take it back" }).click();
  await second.getByRole("status").filter({ hasText: "taken your report back" }).waitFor();
  assert.equal((await heed.user(other.her, "GET", "/v1/reports")).json.items[0].state, "withdrawn");
  await second.context().close();
});

test("protection goes on and off", async () => {
  const { heed, her } = await with_case(true);
  const page = await open_page();
  await open_case(page, her);
  await page.getByRole("button", { name: "Hide these posts from me" }).click();
  await page.getByRole("button", { name: "Show these posts to me again" }).waitFor();
  await page.getByRole("button", { name: /Block for a time/ }).click();
  await page.getByRole("button", { name: "End the blocking" }).waitFor();
  let relief = (await heed.user(her, "GET", "/v1/cases")).json.items[0].relief;
  assert.deepEqual(relief.map((r) => r.kind).sort(), ["autoblock_pile", "hide"]);
  await page.getByRole("button", { name: "End the blocking" }).click();
  await page.getByRole("button", { name: /Block for a time/ }).waitFor();
  relief = (await heed.user(her, "GET", "/v1/cases")).json.items[0].relief;
  assert.deepEqual(relief.map((r) => r.kind), ["hide"]);
  await axe(page, "relief");
  await page.context().close();
});

test("strangers and those whose token is over read a kind sentence and nothing else", async () => {
  const { heed, her } = await with_case();
  const id = (await heed.user(her, "GET", "/v1/cases")).json.items[0].case_id;
  const { site } = await the_house();
  const page = await open_page();
  for (const [token, words] of [[jwt(person("stranger")), "There is nothing here that you may see."], [jwt(her, { iat: 1000, exp: 2000 }), "You have been signed out here"]]) {
    site.body = `<h1>A forum</h1><heed-case server="${heed.url}" case="${id}"></heed-case>`;
    site.script = `document.querySelector("heed-case").token = ${JSON.stringify(token)};`;
    await page.goto(site.url);
    await page.getByRole("alert").filter({ hasText: words }).waitFor();
    await axe(page, words);
  }
  await page.goto(heed.url + "/case");
  await page.getByText("open it from the app").waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

for (const [lang, theme, client, add, send, told] of [
  ["en", "light", "narrow", "Add something", "Add to the case", "go on tomorrow"],
  ["de", "dark", "mobile_web", "Etwas hinzufügen", "Zum Fall hinzufügen", "machen Sie morgen weiter"],
]) {
  test(`whoever has written a hundred messages is asked kindly to go on tomorrow, and keeps what she wrote (${lang}, ${theme}, ${client})`, async () => {
    const { heed } = await the_house();
    const her = person("hedda"), post = person("p");
    await heed.posts({ id: post, by: person("troll"), to: her, text: "you fool" });
    const receipt = await heed.user(her, "POST", "/v1/reports", { about: "me", symptoms: ["harassment"], items: [{ kind: "post", id: post }] });
    for (let i = 0; i < 100; ++i) assert.equal((await heed.user(her, "POST", `${receipt.json.status_url}/messages`, { text: `message ${i}` })).status, 201);
    const page = await open_page({ ...clients[client], colorScheme: theme, locale: lang });
    await open_case(page, her, "", lang);
    const box = page.locator("textarea#add");
    await box.fill("One thing more.");
    await page.getByRole("button", { name: send }).click();
    await page.getByRole("alert").filter({ hasText: told }).waitFor();
    assert.match(await page.getByRole("alert").filter({ hasText: told }).innerText(), /112/);
    assert.equal(await box.inputValue(), "One thing more.", add);
    await axe(page, "too many messages");
    await no_sideways_scroll(page, "too many messages");
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}
