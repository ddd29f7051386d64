// The author's side, and what both sides can take away and object to.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert, axe, clients, no_sideways_scroll, open_page, person, test, the_house } from "./browser.mjs";
import { open_case, until } from "./cases.mjs";

const kPost = "you stupid worthless cow";

/** Her report of his post, decided. */
async function decided(outcome = "violation") {
  const { heed } = await the_house();
  const her = person("dora"), him = person("troll"), id = person("p");
  await heed.posts({ id, by: him, to: her, text: kPost });
  const receipt = await heed.user(her, "POST", "/v1/reports", { about: "me", symptoms: ["harassment"], comment: "It is about me.", items: [{ kind: "post", id }] });
  assert.equal(receipt.status, 201, receipt.text);
  await heed.decide(outcome, "It calls her names.");
  return { heed, her, him, id };
}
/** His case, once the statement has reached him. */
const case_of = (heed, account) => until(async () => (await heed.user(account, "GET", "/v1/cases")).json.items, (items) => items.length > 0).then((items) => items[0].case_id);

/** Another reviewer answers the one appeal that waits for this decision. */
async function answer(heed, name, outcome, extra = {}) {
  const staff = await heed.staff(name);
  const waiting = (await staff("GET", "/v1/appeals?limit=200")).json.items;
  assert.equal(waiting.length, 1);
  return staff("POST", `/v1/appeals/${waiting[0].appeal_id}/decision`, { outcome, reason: "The whole thread shows it.", ...extra });
}

test("a statement about two posts says which reasons are about which", async () => {
  const { heed } = await the_house();
  const her = person("dora"), him = person("troll"), posts = [person("p"), person("p")];
  await heed.posts(...posts.map((id, i) => ({ id, by: him, to: her, text: `${kPost} ${i}` })));
  const receipt = await heed.user(her, "POST", "/v1/reports", { about: "me", symptoms: ["harassment"], items: [...posts].reverse().map((id) => ({ kind: "post", id })) });
  assert.equal(receipt.status, 201, receipt.text);
  await heed.decide("violation", "It calls her names.");
  await case_of(heed, him);
  const page = await open_page(clients.narrow);
  await open_case(page, him);
  await page.locator(".statement h4").nth(1).waitFor();
  const named = await page.locator(".statement h4").allInnerTexts();
  await page.locator("span#item-2").waitFor();
  assert.deepEqual(named, await page.locator("span[id^=item-]").allInnerTexts(), "as the list below calls them");
  assert.match(named[0], /^Number 1 of/);
  await page.locator("button[aria-expanded=false]", { hasText: "Show my post" }).first().click();
  assert.equal(await page.locator(".theirs").innerText(), `${kPost} 0`, "in the order in which he wrote them, not in that of the report");
  await axe(page, "author of two");
  await no_sideways_scroll(page, "author of two");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

for (const [lang, client] of [["en", "desktop"], ["de", "narrow"]]) {
  test(`the author reads every reason, the post as it was judged and where the account stands (${lang}, ${client})`, async () => {
    const { heed, her, him } = await decided();
    await case_of(heed, him);
    const page = await open_page({ ...clients[client], locale: lang });
    await open_case(page, him, "", lang);
    const section = page.locator("heed-case section").first();
    // The statement, the reasons beside each item and the strikes come one after the other.
    await page.locator(".statement dt").first().waitFor();
    await section.getByText("It calls her names.").first().waitFor();
    await section.getByText(lang === "de" ? /Verstöße, die jetzt zählen/ : /Strikes that count now/).waitFor();
    const terms = await page.locator(".statement dt").allInnerTexts();
    assert.equal(terms.length, 10, String(terms));
    let words = await section.innerText();
    assert.ok(words.includes("It calls her names."), "the facts");
    assert.match(words, lang === "de" ? /widersprechen/ : /You can object until the end of/);
    assert.match(words, lang === "de" ? /Verstöße, die jetzt zählen: 2/ : /Strikes that count now: 2/);
    assert.ok(!words.includes(kPost), "not even one's own words unasked: others may look on");
    assert.ok(!words.includes(her) && !words.includes("It is about me."), "nothing of whoever reported");
    assert.ok(!/undefined|null|\{\w+\}/.test(words));
    await axe(page, "author");
    await no_sideways_scroll(page, "author");
    await page.locator("button[aria-expanded=false]").first().click();
    assert.equal(await page.locator(".theirs").innerText(), kPost);
    for (const summary of await page.locator("details > summary").all()) if (await summary.isVisible()) await summary.click();
    await axe(page, "author, all open");
    words = await section.innerText();
    assert.ok(!words.includes(her));
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test("the author objects with something new, somebody else takes the decision back, and both pages say so by themselves", async () => {
  const { heed, her, him, id } = await decided();
  await case_of(heed, him);
  const his = await open_page(), hers = await open_page();
  await open_case(his, him);
  await open_case(hers, her);
  await his.getByRole("button", { name: "I disagree" }).click();
  await his.getByLabel("Why you disagree").fill("It was a line from a play that we both know.");
  await his.getByLabel(/Anything new/).fill("The play is on page 12 of the programme.");
  await axe(his, "objecting");
  await his.getByRole("button", { name: "Send", exact: true }).click();
  await his.getByText("Somebody else than before looks at it.").waitFor();
  assert.equal(await his.getByRole("button", { name: "I disagree" }).count(), 0, "once");
  assert.equal((await answer(heed, "ada", "reversed")).status, 403, "not by whoever decided");
  assert.equal((await answer(heed, "grace", "reversed")).status, 200);
  await his.getByText("the decision was taken back").first().waitFor();
  await hers.getByText("This decision was taken back.").waitFor();
  for (const summary of await hers.locator("details > summary").all()) if (await summary.isVisible()) await summary.click();
  const words = await hers.locator("heed-case section").first().innerText();
  for (const secret of ["a line from a play", "page 12", "whole thread"]) assert.ok(!words.includes(secret), secret);
  // What was ordered is undone, and the platform's word for it is waited for.
  const orders = await until(async () => (await heed.platform("GET", "/v1/actions?limit=200")).json?.items ?? (await heed.platform("GET", "/v1/actions?limit=200")).text.trim().split("\n").map((line) => JSON.parse(line)), (found) => found.some((o) => JSON.stringify(o).includes(id) && o.kind === "undo"));
  const undo = orders.find((o) => JSON.stringify(o).includes(id) && o.kind === "undo");
  assert.equal((await heed.platform("POST", `/v1/actions/${undo.action_id}/result`, { state: "done", at: new Date().toISOString() })).status, 200);
  await until(() => hers.locator("heed-case section").first().innerText(), (text) => text.includes("The platform has confirmed"));
  const standing = (await heed.user(him, "GET", "/v1/standing")).json;
  assert.equal(standing.strikes, 0);
  assert.equal(standing.items[0].overturned, true);
  await axe(his, "taken back");
  assert.deepEqual([...his.faults, ...hers.faults], []);
  await his.context().close();
  await hers.context().close();
});

test("she objects to no violation, and the answer is another decision by somebody else", async () => {
  const { heed, her } = await decided("no_violation");
  const page = await open_page();
  await open_case(page, her);
  await page.getByText("We did not find this to be against the rules.").waitFor();
  await page.getByRole("button", { name: "I disagree" }).click();
  await page.getByLabel("Why you disagree").fill("He has done it for weeks.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByText("Somebody else than before looks at it.").waitFor();
  const instead = { outcome: "violation", clause: "targeted_harassment", ground: "terms", actions: [{ kind: "hide" }], facts: "Again and again." };
  const told = await answer(heed, "grace", "reversed", { instead });
  assert.equal(told.status, 200, told.text);
  await page.getByText("This is against the rules, and we acted.").waitFor();
  await page.context().close();
});

test("the evidence file is saved from the page, and verifies without the server", async () => {
  const { heed, her } = await decided();
  const page = await open_page();
  await open_case(page, her);
  const key = (await heed.call("GET", "/v1/signing-key")).json.public_key;
  for (const [name, ending] of [["Save as a page to print", "html"], ["Save to be checked by a machine", "json"]]) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
    assert.equal(download.suggestedFilename(), `file.${ending}`);
    const path = join(heed.folder, `saved.${ending}`);
    await download.saveAs(path);
    const check = (...args) => {
      try {
        return JSON.parse(execFileSync(heed.binary, ["bundle", "verify", ...args, "--json"], { env: { PATH: process.env.PATH }, encoding: "utf8" }));
      } catch (error) {
        return JSON.parse(error.stdout);
      }
    };
    const found = check(path, "--key", key);
    assert.equal(found.sound, true, JSON.stringify(found));
    assert.equal(found.key_given, true);
    assert.equal(found.items, 1);
    const bytes = readFileSync(path);
    assert.ok(bytes.includes(kPost), "the post is in it");
    bytes[bytes.indexOf(kPost)] ^= 1;
    writeFileSync(path, bytes);
    assert.equal(check(path, "--key", key).sound, false);
  }
  const exported = heed.run("case", "export", (await heed.user(her, "GET", "/v1/cases")).json.items[0].number, "--for", her);
  assert.ok(exported.startsWith('{"heed_bundle":1,'), "the operator gets the same");
  assert.deepEqual(page.faults, []);
  // As it looks on paper: nothing is fetched, nothing runs.
  const paper = await open_page();
  const asked = [];
  paper.on("request", (request) => asked.push(request.url()));
  await paper.setContent(heed.run("case", "export", (await heed.user(her, "GET", "/v1/cases")).json.items[0].number, "--for", her, "--format", "html"));
  await axe(paper, "evidence file");
  assert.deepEqual(asked, []);
  await paper.context().close();
  await page.context().close();
});
