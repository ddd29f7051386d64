// <heed-case>, what a party does besides reading: answers a question, adds evidence, shows a code at the desk.
import { assert, axe, clients, focused, jwt, no_sideways_scroll, open_page, person, test, the_house } from "./browser.mjs";
import { open_case, until } from "./cases.mjs";

/** A case of hers about one post, with its id as staff know it and her number in it. */
async function with_case() {
  const { heed } = await the_house();
  const her = person("caro"), post = person("p");
  await heed.posts({ id: post, by: person("troll"), to: her, text: "you stupid worthless cow" });
  const receipt = await heed.user(her, "POST", "/v1/reports", { about: "me", symptoms: ["harassment"], items: [{ kind: "post", id: post }] });
  assert.equal(receipt.status, 201, receipt.text);
  const grace = await heed.staff("grace");
  const found = (await grace("GET", `/v1/cases?number=${receipt.json.number}`)).json.items[0];
  const party = found.parties.find((one) => one.roles.includes("target")).party;
  return { heed, her, grace, path: `/v1/cases/${found.case_id}`, party, own: `/v1/cases/${(await heed.user(her, "GET", "/v1/cases")).json.items[0].case_id}` };
}

for (const [lang, theme, client] of [["en", "light", "desktop"], ["de", "dark", "narrow"]]) {
  test(`a question is first on the page, says what waits, and is answered there (${lang}, ${theme}, ${client})`, async () => {
    const { heed, her, grace, path, party } = await with_case();
    const page = await open_page({ ...clients[client], colorScheme: theme, locale: lang });
    await open_case(page, her, "", lang);
    assert.equal(await page.locator("#answer").count(), 0, "no question, no field for it");
    const asked = await grace("POST", `${path}/question`, { to: party, text: "Is this the account that wrote to you before?" });
    assert.equal(asked.status, 201, asked.text);
    await page.locator("#question").waitFor(); // by itself
    assert.ok(await page.getByText("Is this the account that wrote to you before?").first().isVisible());
    await page.getByText(lang === "de" ? "steht die Zeit still, die wir" : "the time we have for your case stands still").waitFor();
    await axe(page, "question");
    await no_sideways_scroll(page, "question");
    const order = await page.locator("heed-case section h2, heed-case section h3").evaluateAll((all) => all.map((one) => one.id));
    assert.deepEqual(order.slice(0, 2), ["title", "question"]);
    await page.locator("#answer").fill("Yes, it is. <b>Since</b> May.");
    await page.locator("#answer").press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("status").filter({ hasText: lang === "de" ? "Ihre Antwort ist bei uns" : "We have your answer" }).waitFor();
    await page.locator("#question").waitFor({ state: "detached" });
    assert.match((await focused(page)).name, lang === "de" ? /Ihr Fall/ : /Your case/, "the keyboard is not lost with the form");
    const talk = await page.locator(".talk li").allInnerTexts();
    assert.equal(talk.length, 2);
    assert.match(talk[0], lang === "de" ? /Von uns \(R-[0-9A-Z]{4}\).*eine Frage an Sie/ : /From us \(R-[0-9A-Z]{4}\).*a question to you/);
    assert.match(talk[1], lang === "de" ? /Von Ihnen/ : /From you/);
    assert.ok(talk[1].includes("<b>Since</b>"), "as text");
    assert.equal((await grace("GET", path)).json.clock_stands, undefined, "the clock goes on");
    assert.equal((await heed.user(her, "GET", "/v1/cases")).json.items[0].question, undefined);
    await axe(page, "answered");
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test("what a reviewer writes is said to be ours, and what is noted among staff is nowhere", async () => {
  const { her, grace, path, party } = await with_case();
  await grace("POST", `${path}/messages`, { to: party, text: "We have read it and look at it today." });
  await grace("POST", `${path}/messages`, { text: "Among us: be careful." });
  const page = await open_page();
  await open_case(page, her);
  await page.getByRole("textbox", { name: "Add something" }).fill("Thank you.");
  await page.getByRole("button", { name: "Add to the case" }).click();
  await page.getByRole("status").filter({ hasText: "It is in your case now." }).waitFor();
  const talk = await page.locator(".talk li").allInnerTexts();
  assert.equal(talk.length, 2, talk.join(" / "));
  assert.match(talk[0], /^From us \(R-[0-9A-Z]{4}\)[^]*look at it today/);
  assert.match(talk[1], /^From you[^]*Thank you\./);
  await page.getByText("Everything that has happened").click();
  await page.getByText("We wrote to you.").waitFor();
  assert.ok(!(await page.content()).includes("be careful"));
  await page.context().close();
});

const kPng = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

for (const [lang, client] of [["en", "android"], ["de", "narrow"]]) {
  test(`she adds words, a link and a picture, and sees what is there (${lang}, ${client})`, async () => {
    const { heed, her, own } = await with_case();
    const page = await open_page({ ...clients[client], locale: lang, acceptDownloads: true });
    await open_case(page, her, "", lang);
    await page.getByText(lang === "de" ? "Einen Beleg hinzufügen" : "Add evidence", { exact: true }).click();
    const send = page.getByRole("button", { name: lang === "de" ? "Zu meinem Fall hinzufügen" : "Add it to my case" });
    const listed = page.locator("ul.evidence > li");
    await axe(page, "evidence, words");
    await send.click();
    await page.getByRole("alert").filter({ hasText: lang === "de" ? "was gesagt wurde oder was geschehen ist" : "write what was said or what happened" }).waitFor();
    assert.equal((await focused(page)).tag, "TEXTAREA", "where it can be mended");
    assert.equal(await page.locator("#evidence-words").getAttribute("aria-invalid"), "true");
    await axe(page, "evidence, nothing written");
    await page.locator("#evidence-words").fill("He called me at work on Friday.");
    await send.click();
    await listed.nth(0).waitFor();
    await page.locator("input[name=evidence-form][value=link]").check();
    await page.locator("#evidence-link").fill("javascript:alert(1)");
    await send.click();
    await page.getByRole("alert").filter({ hasText: "https://" }).waitFor();
    await axe(page, "evidence, no link");
    await page.locator("#evidence-link").fill("https://example.org/his-other-page");
    await page.locator("#evidence-about").fill("The same man.");
    await send.click();
    await listed.nth(1).waitFor();
    assert.equal(await page.locator("ul.evidence a").count(), 0, "an address from elsewhere is not one to press");
    await page.locator("input[name=evidence-form][value=file]").check();
    await axe(page, "evidence, file");
    await page.locator("#evidence-file").setInputFiles({ name: "screen.png", mimeType: "image/png", buffer: kPng });
    await send.click();
    await listed.nth(2).waitFor();
    await page.getByRole("status").filter({ hasText: lang === "de" ? "Es ist jetzt in Ihrem Fall" : "It is in your case now" }).waitFor();
    await axe(page, "evidence, three");
    await no_sideways_scroll(page, "evidence, three");
    const kept = (await heed.user(her, "GET", `${own}/evidence`)).json.items;
    assert.deepEqual(kept.map((one) => [one.form, one.type ?? ""]), [["text", ""], ["link", ""], ["file", "image/png"]]);
    const [download] = await Promise.all([page.waitForEvent("download"), listed.nth(2).getByRole("button").click()]);
    assert.equal(download.suggestedFilename(), "evidence.png");
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test("a file of the wrong kind or size is explained before anything is sent, and one lost on the way is there once", async () => {
  const { heed, her, own } = await with_case();
  const page = await open_page();
  await open_case(page, her);
  await page.getByText("Add evidence", { exact: true }).click();
  await page.locator("input[name=evidence-form][value=file]").check();
  let asked = 0, lost = true;
  await page.route("**/evidence", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    ++asked;
    if (!lost) return route.continue();
    lost = false;
    await route.fetch();
    return route.abort("connectionreset");
  });
  const send = page.getByRole("button", { name: "Add it to my case" });
  for (const [name, buffer, words] of [
    ["letter.pdf", Buffer.from("%PDF-1.7 nothing"), "Only pictures"],
    ["program.txt", Buffer.from([0x4d, 0x5a, 0, 1, 2]), "Only pictures"],
    ["empty.txt", Buffer.alloc(0), "is empty"],
    ["large.png", Buffer.concat([kPng, Buffer.alloc(4 << 20)]), "up to 4 MB"],
  ]) {
    await page.locator("#evidence-file").setInputFiles({ name, mimeType: "image/png", buffer });
    await send.click();
    await page.getByRole("alert").filter({ hasText: words }).waitFor();
  }
  assert.equal(asked, 0);
  // What only the server sees: begins like a picture and is none.
  lost = false;
  await page.locator("#evidence-file").setInputFiles({ name: "half.png", mimeType: "image/png", buffer: kPng.subarray(0, 30) });
  await send.click();
  await until(async () => asked, (n) => n === 1);
  await page.getByRole("alert").filter({ hasText: "Only pictures" }).waitFor();
  lost = true;
  await page.locator("#evidence-file").setInputFiles({ name: "screen.png", mimeType: "image/png", buffer: kPng });
  await send.click();
  await page.getByRole("alert").filter({ hasText: "There is no connection" }).waitFor();
  await send.click();
  await page.getByRole("status").filter({ hasText: "It is in your case now" }).waitFor();
  assert.equal((await heed.user(her, "GET", `${own}/evidence`)).json.items.length, 1, "once");
  await page.context().close();
});

test("a large file shows how far it is", async () => {
  const { her } = await with_case();
  const page = await open_page();
  await open_case(page, her);
  await page.getByText("Add evidence", { exact: true }).click();
  await page.locator("input[name=evidence-form][value=file]").check();
  let go;
  const held = new Promise((done) => (go = done));
  await page.route("**/evidence", async (route) => {
    if (route.request().method() === "POST") await held;
    return route.continue();
  });
  await page.locator("#evidence-file").setInputFiles({ name: "log.txt", mimeType: "text/plain", buffer: Buffer.alloc(3_000_000, "he wrote again\n") });
  await page.getByRole("button", { name: "Add it to my case" }).click();
  await page.getByRole("progressbar", { name: "Sending the file" }).waitFor();
  await axe(page, "evidence, going");
  assert.ok(await page.getByRole("button", { name: "Add it to my case" }).isDisabled(), "not twice");
  go();
  await page.getByText("text/plain, 3 MB").waitFor();
  assert.equal(await page.getByRole("progressbar").count(), 0);
  await page.context().close();
});

test("a code for the desk is shown when asked for, opens the case there once, and the page says that it was used", async () => {
  const { her, grace } = await with_case();
  const page = await open_page(clients.narrow);
  await open_case(page, her);
  assert.equal(await page.locator("#code").count(), 0, "not unasked");
  await page.getByRole("button", { name: "Show me a code" }).click();
  await page.locator("#code").waitFor();
  const code = await page.locator("#code").innerText();
  assert.match(code, /^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  assert.equal((await focused(page)).name, code, "read out at once");
  await axe(page, "code");
  await no_sideways_scroll(page, "code");
  await page.getByRole("button", { name: "Take it off the page" }).click();
  await page.locator("#code").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Show me a code" }).click();
  await page.locator("#code").waitFor();
  const second = await page.locator("#code").innerText();
  assert.notEqual(second, code);
  assert.equal((await grace("POST", "/v1/desk/openings", { code, channel: "telephone" })).status, 404, "the first is void");
  assert.equal((await grace("POST", "/v1/desk/openings", { code: second, channel: "telephone" })).status, 201);
  await page.getByRole("status").filter({ hasText: "The code was used just now." }).waitFor();
  assert.equal(await page.locator("#code").count(), 0);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a code goes off the page when its time is up", async () => {
  const { her } = await with_case();
  const page = await open_page();
  await page.clock.install();
  await open_case(page, her);
  await page.getByRole("button", { name: "Show me a code" }).click();
  await page.locator("#code").waitFor();
  await page.clock.runFor(16 * 60_000);
  await page.getByRole("status").filter({ hasText: "The code is over." }).waitFor();
  assert.equal(await page.locator("#code").count(), 0);
  await page.context().close();
});

test("for whom others opened a case there is no button that the server would refuse", async () => {
  const { heed } = await the_house();
  const her = person("dana"), post = person("p");
  await heed.posts({ id: post, by: person("troll"), to: her, text: "you stupid worthless cow" });
  const friend = person("friend");
  const receipt = await heed.user(friend, "POST", "/v1/reports", { about: "someone_else", symptoms: ["harassment"], items: [{ kind: "post", id: post }] });
  assert.equal(receipt.status, 201, receipt.text);
  const page = await open_page();
  await open_case(page, friend);
  await page.getByRole("button", { name: "Show me a code" }).waitFor();
  await page.getByText("Add evidence", { exact: true }).waitFor();
  await page.context().close();
});
