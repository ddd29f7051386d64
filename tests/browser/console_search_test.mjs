// /console: finding cases, what belongs to a case, talking with its people, handing it over.
import { assert, axe, clients, no_sideways_scroll, open_page, person, test, the_house, words_in } from "./browser.mjs";
import { clear_queue, here, kHostile, pile, sign_in } from "./console_test.mjs";

async function look_for(page, kind, words, all = false) {
  await page.locator("heed-search-page #kind").selectOption(kind);
  await page.locator("heed-search-page #words").fill(words);
  await page.locator("heed-search-page #all").setChecked(all);
  await page.locator("heed-search-page #words").press("Enter");
  await page.locator("heed-search-page [role=status]").filter({ hasText: /Found|Gefunden|gefunden/ }).waitFor();
}
const hits = (page) => page.locator("heed-search-page li.card");

for (const [theme, client] of [["light", "desktop"], ["dark", "narrow"]]) {
  test(`console search: words, people and numbers are found by keyboard, ${theme}, ${client}`, async () => {
    await clear_queue();
    const mark = person("quagga");
    const { case_id, number, her } = await pile({ posts: 3, authors: 1, text: (i) => `you stupid ${mark} number ${i} ${kHostile[i] ?? ""}` });
    const german = client === "narrow";
    const page = await open_page({ ...clients[client], colorScheme: theme, ...(german ? { locale: "de-DE" } : {}) });
    await sign_in(page);
    await page.keyboard.press("/");
    await page.locator("heed-search-page h1").waitFor();
    await page.locator("heed-search-page #words").focus();
    await look_for(page, "posts", `${mark.toUpperCase()} stupid`);
    assert.equal(await hits(page).count(), 3);
    assert.equal(await page.locator("heed-search-page .text :is(img, script, b, a, iframe)").count(), 0, "whatever is written stays text");
    assert.ok(!(await words_in(page.locator("heed-search-page"))).includes("\u202E"));
    assert.ok(!page.url().includes(mark), "what was looked for is in no address");
    await axe(page, `found, ${theme}`);
    await no_sideways_scroll(page, `found, ${theme}, ${client}`);
    const words = await words_in(page.locator("heed-console"));
    assert.ok(!/undefined|\{\w+\}|NaN/.test(words), words);
    await look_for(page, "posts", "nobodywrotethisword");
    assert.equal(await hits(page).count(), 0);
    await look_for(page, "people", her);
    assert.equal(await hits(page).count(), 1);
    await axe(page, `people, ${theme}`);
    await look_for(page, "number", number);
    await hits(page).first().getByRole("link").click();
    await page.waitForURL(new RegExp(case_id));
    await here(page).first().waitFor();
    // And back: what was found is still there.
    await page.goBack();
    await hits(page).first().waitFor();
    await page.locator("heed-search-page #words").fill("not a number");
    await page.locator("heed-search-page #words").press("Enter");
    await page.getByRole("alert").filter({ hasText: german ? "keine Fallnummer" : "no case number" }).waitFor();
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test("console search: nothing sealed is found, and closed cases only when asked for", async () => {
  await clear_queue();
  const mark = person("okapi");
  const { heed } = await the_house();
  const her = person("iris"), posts = [person("p"), person("p")];
  await heed.posts({ id: posts[0], by: person("troll"), to: her, text: `you stupid ${mark}` }, { id: posts[1], by: person("troll"), to: her, text: `${mark}, I will kill you tonight at your house` });
  for (const id of posts) {
    const receipt = await heed.user(her, "POST", "/v1/reports", { about: "me", symptoms: ["harassment"], items: [{ kind: "post", id }] });
    assert.equal(receipt.status, 201, receipt.text);
  }
  const page = await open_page();
  await sign_in(page);
  await page.evaluate(() => (location.hash = "#/search"));
  await page.locator("heed-search-page h1").waitFor();
  await look_for(page, "posts", mark, true);
  assert.equal(await hits(page).count(), 1);
  assert.match(await hits(page).first().innerText(), /stupid/);
  await clear_queue();
  await look_for(page, "posts", mark);
  assert.equal(await hits(page).count(), 0);
  await look_for(page, "posts", mark, true);
  assert.equal(await hits(page).count(), 1);
  // Nothing of it is left for whoever sits here next.
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await sign_in(page, "grace");
  await page.keyboard.press("/");
  await page.locator("heed-search-page h1").waitFor();
  assert.equal(await hits(page).count(), 0);
  assert.equal(await page.locator("heed-search-page #words").inputValue(), "");
  await page.context().close();
});

test("console case: authors' history, linked cases and colleagues stand beside it", async () => {
  await clear_queue();
  const { heed } = await the_house();
  const troll = person("hist"), kim = person("kim"), lea = person("lea");
  const text = `you stupid worthless cow ${person("mark")}`;
  await heed.posts({ id: person("p"), by: troll, to: kim, text });
  const first = (await heed.user(kim, "POST", "/v1/reports", { about: "me", symptoms: ["harassment"], pile: { target: kim, since: new Date(Date.now() - 3600_000).toISOString() } })).json;
  await new Promise((done) => setTimeout(done, 300));
  await heed.decide("violation");
  await heed.posts({ id: person("p"), by: troll, to: lea, text });
  const second = (await heed.user(lea, "POST", "/v1/reports", { about: "me", symptoms: ["harassment"], pile: { target: lea, since: new Date(Date.now() - 3600_000).toISOString() } })).json;
  const grace = await heed.staff("grace");
  const id_of = async (receipt) => (await grace("GET", `/v1/cases?number=${receipt.number}`)).json.items[0].case_id;
  const page = await open_page();
  await sign_in(page);
  await page.evaluate((id) => (location.hash = `#/case/${id}`), await id_of(second));
  await here(page).first().waitFor();
  await page.locator("heed-case-people #authors > summary").click();
  const row = page.locator("heed-case-people tbody tr").first();
  await row.waitFor();
  assert.match(await row.innerText(), new RegExp(troll));
  assert.equal(await row.locator("td").nth(2).innerText(), "1", "one violation elsewhere");
  await page.locator("heed-case-people #links > summary").click();
  await page.getByText("1 authors in common").waitFor();
  await page.getByText("1 posts in the same words").waitFor();
  // A colleague comes and goes, without anybody loading anything.
  assert.equal(await page.locator("#colleagues").count(), 0);
  const claim = await grace("POST", "/v1/queues/default/claims", { case_id: await id_of(second) });
  assert.equal(claim.status, 201, claim.text);
  await page.locator("#colleagues").waitFor();
  await axe(page, "case with people");
  await grace("DELETE", `/v1/claims/${claim.json.claim_id}`);
  await page.locator("#colleagues").waitFor({ state: "detached" });
  await page.locator(`heed-case-people #links a[href*="${await id_of(first)}"]`).click();
  await page.waitForURL(new RegExp(await id_of(first)));
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("console case: a party is asked, the clock stands, her answer comes; a message begins from a sentence of the pack", async () => {
  await clear_queue();
  const { heed, her, case_id, grace } = await pile({ posts: 1, authors: 1 });
  const page = await open_page();
  await sign_in(page);
  await page.locator("li.place").first().waitFor();
  await page.keyboard.press("c");
  await here(page).first().waitFor();
  await page.keyboard.press("i");
  await page.getByRole("dialog").waitFor();
  await page.locator("#macro option").nth(1).waitFor({ state: "attached" });
  await page.locator("#macro").selectOption({ index: 1 });
  assert.ok((await page.locator("#words").inputValue()).length > 20);
  await axe(page, "question");
  await page.locator("#words").fill("Is this the account that wrote to you before?");
  await page.keyboard.press("Control+Enter");
  await page.getByText("Asked. The clock stands until").waitFor();
  await page.getByText("The clock stands: party").waitFor();
  assert.ok((await grace("GET", `/v1/cases/${case_id}`)).json.clock_stands);
  const own = (await heed.user(her, "GET", "/v1/cases")).json.items.find((one) => one.question);
  assert.ok(own, "she sees that she is asked");
  const answered = await heed.user(her, "POST", `/v1/cases/${own.case_id}/messages`, { text: "Yes, <b>since Friday</b>." });
  assert.equal(answered.status, 201, answered.text);
  await page.getByText("Yes, <b>since Friday</b>.").first().waitFor();
  await page.getByText("The clock stands: party").waitFor({ state: "detached" });
  await page.keyboard.press("r");
  await page.getByRole("dialog").waitFor();
  await page.locator("#macro option").nth(1).waitFor({ state: "attached" });
  await page.locator("#macro").selectOption({ index: 1 });
  await axe(page, "message");
  const sent = await page.locator("#words").inputValue();
  await page.keyboard.press("Control+Enter");
  await page.getByText("It is on its way.").waitFor();
  const timeline = (await heed.user(her, "GET", `/v1/cases/${own.case_id}/timeline`)).json.items;
  assert.ok(JSON.stringify(timeline).includes(sent.slice(0, 30)), "she reads what was written");
  await page.keyboard.press("b");
  await page.locator("heed-queue-page h1").waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("console case: a case is offered to a colleague, comes back with a reason, is offered again and taken", async () => {
  await clear_queue();
  const { case_id, heed } = await pile({ posts: 2, authors: 1 });
  const mine = await open_page(), hers = await open_page();
  await sign_in(mine);
  await sign_in(hers, "grace");
  const offer = async () => {
    await mine.keyboard.press("h");
    await mine.getByRole("dialog").waitFor();
    await mine.locator("#to option").first().waitFor({ state: "attached" });
    await axe(mine, "hand over");
    const names = await mine.locator("#to option").allInnerTexts();
    await mine.locator("#to").selectOption({ index: names.findIndex((name) => name.includes("lead")) });
    await mine.locator("#words").fill("I have met her.");
    await mine.keyboard.press("Control+Enter");
    await mine.getByText("Offered. It is yours until it is taken.").waitFor();
  };
  await mine.locator("li.place").first().waitFor();
  await mine.keyboard.press("c");
  await here(mine).first().waitFor();
  await offer();
  await hers.reload();
  await hers.getByRole("heading", { name: "Offered to you: 1" }).waitFor();
  await axe(hers, "offered");
  await hers.getByRole("button", { name: "Give it back" }).click();
  await hers.locator("#why").fill("I know the author.");
  await hers.keyboard.press("Enter");
  await hers.getByText("It goes back.").waitFor();
  await offer();
  await hers.reload();
  await hers.getByRole("button", { name: "Take it" }).click();
  await hers.waitForURL(new RegExp(case_id));
  const claims = (await (await heed.staff("grace"))("GET", "/v1/claims")).json.items;
  const claim = claims.find((one) => one.case_id === case_id);
  assert.equal(claim?.items.length, 2, "what the colleague had is theirs now");
  await (await heed.staff("grace"))("DELETE", `/v1/claims/${claim.claim_id}`);
  await mine.context().close();
  await hers.context().close();
});
