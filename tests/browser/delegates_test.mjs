// Who acts for whom: given, seen and ended on the page; what a delegate sees there; out within a second.
import { assert, axe, clients, focused, jwt, no_sideways_scroll, open_page, person, test, the_house } from "./browser.mjs";
import { open_case, until } from "./cases.mjs";
import { WebKit, webkit_missing } from "./webkit.mjs";

async function with_case() {
  const { heed } = await the_house();
  const her = person("mp"), post = person("p");
  await heed.posts({ id: post, by: person("troll"), to: her, text: "you stupid worthless cow" });
  const receipt = await heed.user(her, "POST", "/v1/reports", { about: "me", symptoms: ["harassment"], comment: "Since Friday.", items: [{ kind: "post", id: post }] });
  assert.equal(receipt.status, 201, receipt.text);
  return { heed, her, number: receipt.json.number };
}
async function given(heed, her, delegate, scopes) {
  const made = await heed.user(her, "POST", "/v1/delegations", { delegate, as: "union", scopes });
  assert.equal(made.status, 201, made.text);
  return made.json;
}

/** Opens the link and presses the button at the door. */
async function come_in(page, heed, link, go_on = "Go on here") {
  await page.goto(heed.url + link.slice(link.indexOf("/case")));
  await page.getByRole("button", { name: go_on }).click();
}

for (const [lang, theme, client] of [["en", "light", "desktop"], ["de", "dark", "narrow"]]) {
  test(`she lets somebody act for her and ends it (${lang}, ${theme}, ${client})`, async () => {
    const { heed, her } = await with_case();
    const de = lang === "de", staff = person("office");
    const page = await open_page({ ...clients[client], colorScheme: theme, locale: lang });
    await open_case(page, her, "", lang);
    await page.getByText(de ? "Jemanden für mich handeln lassen" : "Let somebody act for me", { exact: true }).click();
    await axe(page, "people, form");
    await no_sideways_scroll(page, "people, form");
    const send = page.getByRole("button", { name: de ? "Für mich handeln lassen" : "Let them act for me" });
    await send.click();
    await page.getByRole("alert").filter({ hasText: de ? "Bitte sagen Sie, wer es ist" : "Please say who it is" }).waitFor();
    await axe(page, "people, nobody");
    assert.equal(await page.locator("#people-file").isChecked(), false, "the evidence file only when it is chosen");
    await page.locator("#people-whom").fill(staff);
    await page.locator("#people-name").fill("Office <b>x</b>");
    for (const scope of ["report", "read"]) await page.locator(`#people-${scope}`).uncheck();
    await send.click();
    await page.getByRole("alert").filter({ hasText: de ? "mindestens eines" : "at least one thing" }).waitFor();
    await page.locator("#people-read").check();
    await page.locator("#people-talk").check();
    await page.locator("#people-until").selectOption("30");
    await send.click();
    await page.getByRole("status").filter({ hasText: de ? "kann jetzt für Sie handeln" : "may act for you now" }).waitFor();
    const row = page.locator("ul.people > li");
    assert.match(await row.innerText(), /Office <b>x<\/b>/);
    const [made] = (await heed.user(her, "GET", "/v1/delegations")).json.items;
    assert.deepEqual([made.delegate.account_id, made.scopes], [staff, ["read", "talk"]]);
    const days = (new Date(made.until) - Date.now()) / 86_400_000;
    assert.ok(days > 29.9 && days <= 30, String(days));
    await axe(page, "people, one");
    await row.getByRole("button").click();
    assert.match((await focused(page)).name, /Office/, "asked once more, and the keyboard is there");
    await axe(page, "people, sure?");
    await page.getByRole("button", { name: de ? "Nein, so lassen" : "No, leave it" }).click();
    assert.equal((await heed.user(her, "GET", "/v1/delegations")).json.items[0].state, "in_force");
    await row.getByRole("button").click();
    await page.getByRole("button", { name: de ? "Ja, jetzt beenden" : "Yes, end it now" }).click();
    await page.getByRole("status").filter({ hasText: de ? "Es ist beendet" : "It has ended" }).waitFor();
    assert.equal(await row.count(), 0);
    assert.equal((await heed.user(her, "GET", "/v1/delegations")).json.items[0].state, "revoked");
    await page.getByText(de ? "Was beendet ist" : "What has ended").click();
    await page.getByText(de ? "von Ihnen beendet" : "you ended it").waitFor();
    await axe(page, "people, ended");
    await no_sideways_scroll(page, "people, ended");
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

/** Milliseconds from the end of a delegation until nothing of the case is on the open page. */
async function out_after(page, end) {
  await page.getByText("This page updates by itself.").waitFor();
  const gone = page.waitForFunction(() => {
    const text = document.querySelector("heed-case")?.shadowRoot?.textContent ?? "";
    return text.includes("This has ended") && !/H-[0-9A-Z]{4}-[0-9A-Z]{4}/.test(text) && !text.includes("Since Friday.");
  }, undefined, { polling: 20 });
  const began = performance.now();
  await end();
  await gone;
  return performance.now() - began;
}

test("a delegate with a link reads what was left to them, has no button beyond it, and is out within a second", async () => {
  const { heed, her, number } = await with_case();
  const made = await given(heed, her, { email: "advice@union.example", name: "Union" }, ["read"]);
  assert.match(made.link, /\/case#delegation&key=hd_/);
  const page = await open_page();
  await page.goto(heed.url + made.link.slice(made.link.indexOf("/case")));
  await page.getByRole("heading", { name: "Act for somebody" }).waitFor();
  assert.equal(page.url(), heed.url + "/case", "the secret is gone from the address");
  await axe(page, "the door");
  await page.reload();
  await page.getByRole("button", { name: "Go on here" }).click();
  await page.locator(".number").waitFor();
  assert.equal(await page.locator(".number").innerText(), number);
  await page.getByText(`You act for ${her}.`).waitFor();
  await page.getByText("What you may do", { exact: true }).click();
  await page.getByText("Read the cases and what we tell").waitFor();
  for (const name of ["Add to the case", "Show me a code", "Add it to my case", "Hide these posts from me", "Take this report back", "Save as a page to print", "Let them act for me"])
    assert.equal(await page.getByRole("button", { name }).count(), 0, name);
  await page.getByText("Everything that has happened").click();
  assert.ok(!(await page.locator("heed-case section").first().innerText()).includes("Since Friday."), "what she said is not left to them");
  await axe(page, "delegate");
  await page.reload();
  await page.locator(".number").waitFor();
  const took = await out_after(page, async () => assert.equal((await heed.user(her, "DELETE", `/v1/delegations/${made.delegation_id}`)).status, 204));
  console.log(`    out after ${Math.round(took)} ms`);
  assert.ok(took < 1000, `${took} ms`);
  await axe(page, "delegate, out");
  assert.equal(await page.locator("heed-case").getByRole("button").count(), 0);
  await axe(page, "delegate, out, with the door");
  await page.reload();
  await page.getByText("This link does not open anything any more.").waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("each scope opens its own buttons, and each of them works", async () => {
  const { heed, her } = await with_case();
  const made = await given(heed, her, { email: "lawyer@law.example", name: "Law" }, ["report", "read", "talk", "appeal", "file"]);
  await heed.decide("no_violation");
  const page = await open_page({ ...clients.narrow, acceptDownloads: true });
  await come_in(page, heed, made.link);
  await page.locator(".number").waitFor();
  await page.getByRole("textbox", { name: "Add something" }).fill("I write for her.");
  await page.getByRole("button", { name: "Add to the case" }).click();
  await page.getByRole("status").filter({ hasText: "It is in your case now." }).waitFor();
  await page.getByRole("button", { name: "Show me a code" }).click();
  await page.locator("#code").waitFor();
  await page.getByText("Add evidence", { exact: true }).click();
  await page.locator("#evidence-words").fill("Her letter of May.");
  await page.getByRole("button", { name: "Add it to my case" }).click();
  await page.locator("ul.evidence > li").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as a page to print" }).click()]);
  assert.equal(download.suggestedFilename(), "file.html");
  await page.getByRole("button", { name: "I disagree" }).click();
  await page.getByLabel("Why you disagree").fill("It is the tenth time.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByText("Somebody else than before looks at it.").waitFor();
  await page.getByRole("button", { name: "Hide these posts from me" }).click();
  await page.getByText("Hide these posts from me: On").or(page.getByText(/Hide these posts from me.*: On/)).first().waitFor();
  assert.equal(await page.getByRole("button", { name: "Show these posts to me again" }).count(), 0, "ending it is hers");
  await no_sideways_scroll(page, "delegate with everything");
  await axe(page, "delegate with everything");
  // She sees what came of it.
  assert.equal((await heed.user(her, "GET", "/v1/cases")).json.items[0].relief[0].kind, "hide");
  await page.getByRole("button", { name: "I no longer want to act here" }).click();
  await page.getByRole("button", { name: "Yes, lay it down" }).click();
  await page.getByRole("alert").filter({ hasText: "This has ended" }).waitFor();
  assert.equal((await heed.user(her, "GET", "/v1/delegations")).json.items[0].state, "resigned");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("staff with an account of their own act for her from their page, report in her name, and come back to their own", async () => {
  const { heed, her, number } = await with_case();
  const staff = person("aide");
  const made = await given(heed, her, { account_id: staff, name: "Aide" }, ["report", "read"]);
  const link = await heed.platform("POST", "/v1/report-links", { account_id: staff, locale: "en", page: "case" });
  const page = await open_page();
  await page.goto(heed.url + link.json.url);
  await page.getByText("There is no case here that you can see.").waitFor();
  await axe(page, "aide");
  await page.getByRole("button", { name: `Act for ${her}` }).click();
  await page.locator(".number").waitFor();
  assert.equal(await page.locator(".number").innerText(), number);
  assert.match((await focused(page)).name, new RegExp(`You act for ${her}`));
  // A report in her name, on our own page of the flow.
  await page.getByText(`Report something for ${her}`).click();
  await page.getByLabel(/The address of the post/).fill("not an address");
  await page.getByRole("button", { name: "Go on to the report" }).click();
  await page.getByRole("alert").filter({ hasText: "https://" }).waitFor();
  await page.getByLabel(/The address of the post/).fill("https://forum.example/t/7");
  await page.getByRole("button", { name: "Go on to the report" }).click();
  await page.getByRole("checkbox", { name: /Insults/ }).check();
  for (const choice of ["input[name=about][value=me]", "", "input[name=fears_for_safety][value=no]", ""]) {
    await page.locator("button.main").click();
    if (choice) await page.locator(choice).check();
  }
  await page.locator("button.main").click();
  await page.locator(".number").waitFor();
  assert.equal((await heed.user(her, "GET", "/v1/reports")).json.items.length, 2, "it is hers");
  assert.equal((await heed.user(staff, "GET", "/v1/reports")).json.items.length, 0);
  await page.goto(heed.url + "/case");
  await page.getByRole("button", { name: `Act for ${her}` }).click();
  await page.getByRole("button", { name: /^Open case/ }).last().click();
  await page.locator(".number").waitFor();
  await page.getByRole("button", { name: "Back to my own cases" }).click();
  await page.getByText("There is no case here that you can see.").waitFor();
  // What the aide reported the aide can take back, and nothing of hers.
  await page.getByRole("button", { name: `Act for ${her}` }).click();
  await page.getByRole("button", { name: /^Open case/ }).last().click();
  await page.locator(".number", { hasText: number }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Take this report back" }).count(), 0);
  await page.getByRole("button", { name: "Back to my own cases" }).click();
  await page.getByText("There is no case here that you can see.").waitFor();
  await page.getByRole("button", { name: `Act for ${her}` }).click();
  await page.getByRole("button", { name: /^Open case/ }).first().click();
  await page.locator(".number").waitFor();
  await page.getByRole("button", { name: "Take this report back" }).click();
  await page.getByRole("button", { name: "Yes, take it back" }).click();
  await page.getByRole("status").filter({ hasText: "taken your report back" }).waitFor();
  assert.deepEqual((await heed.user(her, "GET", "/v1/reports")).json.items.map((one) => one.state).sort(), ["received", "withdrawn"]);
  await page.getByRole("button", { name: "Back to my own cases" }).click();
  await page.getByText("There is no case here that you can see.").waitFor();
  await page.getByRole("button", { name: `Act for ${her}` }).click();
  await page.getByRole("button", { name: /^Open case/ }).last().click();
  await page.locator(".number").waitFor();
  const took = await out_after(page, async () => assert.equal((await heed.user(her, "DELETE", `/v1/delegations/${made.delegation_id}`)).status, 204));
  console.log(`    out after ${Math.round(took)} ms`);
  assert.ok(took < 1000, `${took} ms`);
  await page.getByRole("button", { name: "Back to my own cases" }).click();
  await page.getByText("There is no case here that you can see.").waitFor();
  assert.equal(await page.getByRole("button", { name: `Act for ${her}` }).count(), 0);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a delegate who may only report sees no case and can report", async () => {
  const { heed, her, number } = await with_case();
  const made = await given(heed, her, { email: "office@party.example", name: "Office" }, ["report"]);
  const page = await open_page(clients.narrow);
  await come_in(page, heed, made.link);
  await page.getByText(`You act for ${her}.`).waitFor();
  assert.ok(!(await page.locator("heed-case").evaluate((one) => one.shadowRoot.textContent)).includes(number));
  await axe(page, "only reports");
  await no_sideways_scroll(page, "only reports");
  await page.getByLabel(/The address of the post/).fill("https://forum.example/t/8");
  await page.getByRole("button", { name: "Go on to the report" }).click();
  await page.getByRole("checkbox", { name: /Insults/ }).check();
  for (const choice of ["input[name=about][value=me]", "", "input[name=fears_for_safety][value=no]", ""]) {
    await page.locator("button.main").click();
    if (choice) await page.locator(choice).check();
  }
  await page.locator("button.main").click();
  await page.locator(".number").waitFor();
  assert.equal((await heed.user(her, "GET", "/v1/reports")).json.items.length, 2);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("she reads in her case who reported it for her", async () => {
  const { heed } = await the_house();
  const her = person("mp"), staff = person("aide"), post = person("p");
  await heed.posts({ id: post, by: person("troll"), to: her, text: "you stupid worthless cow" });
  await given(heed, her, { account_id: staff, name: "Aide <i>" }, ["report"]);
  const filed = await heed.user(staff, "POST", "/v1/reports", { on_behalf_of: her, about: "someone_else", symptoms: ["harassment"], items: [{ kind: "post", id: post }] });
  assert.equal(filed.status, 201, filed.text);
  const page = await open_page();
  await open_case(page, her);
  await page.getByText("Everything that has happened").click();
  await page.getByText("Your report reached us. By Aide <i>, who acts for you.").waitFor();
  await page.context().close();
});

test("somebody is let in and out again by keyboard alone (iphone: WebKit)", async () => {
  const missing = webkit_missing();
  if (missing) return missing;
  const { heed, her } = await with_case();
  const { site } = await the_house();
  const webkit = await WebKit.start();
  try {
    site.lang = "en";
    site.body = `<h1>A forum</h1><heed-case server="${site.heed}"></heed-case>`;
    site.script = `document.querySelector("heed-case").token = ${JSON.stringify(jwt(her))};`;
    await webkit.size(390, 844);
    await webkit.go(site.url);
    const inside = (script) => `const r = document.querySelector("heed-case")?.shadowRoot; const at = r?.activeElement; return r ? (${script}) : false;`;
    const tab_to = async (script, what) => {
      for (let i = 0; i < 90; ++i) {
        if (await webkit.run(inside(`!!at && (${script})`))) return;
        await webkit.press("Tab");
      }
      assert.fail(`the keyboard does not reach ${what}`);
    };
    await webkit.until(inside(`[...r.querySelectorAll("summary")].some((one) => one.innerText === "Let somebody act for me")`), "the page");
    await tab_to(`at.tagName === "SUMMARY" && at.innerText === "Let somebody act for me"`, "the form");
    await webkit.press("Enter");
    await tab_to(`at.id === "people-whom"`, "whom");
    for (const letter of "a@b.example") await webkit.press(letter);
    await tab_to(`at.id === "people-talk"`, "the scope");
    await webkit.press("Space");
    await tab_to(`at.innerText === "Let them act for me"`, "the button");
    await webkit.press("Enter");
    await webkit.until(inside(`r.querySelectorAll("ul.people > li").length === 1`), "that it is given");
    assert.deepEqual((await heed.user(her, "GET", "/v1/delegations")).json.items[0].scopes, ["report", "read", "talk"]);
    assert.ok(await webkit.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth"), "wider than the window");
    await tab_to(`at.innerText === "End it for a@b.example"`, "the end");
    await webkit.press("Enter");
    await tab_to(`at.innerText === "Yes, end it now"`, "the answer");
    await webkit.press("Enter");
    await webkit.until(inside(`r.querySelectorAll("ul.people > li").length === 0`), "that it has ended");
    assert.equal((await heed.user(her, "GET", "/v1/delegations")).json.items[0].state, "revoked");
  } finally {
    await webkit.stop();
  }
});

for (const [lang, theme, client] of [["en", "light", "desktop"], ["de", "dark", "narrow"]]) {
  test(`a link opens once: whoever comes second is told kindly how to get a new one (${lang}, ${theme}, ${client})`, async () => {
    const { heed, her, number } = await with_case();
    const de = lang === "de", go_on = de ? "Hier weitermachen" : "Go on here";
    const made = await given(heed, her, { email: "advice@union.example", name: "Union" }, ["read"]);
    const options = { ...clients[client], colorScheme: theme, locale: lang };
    // A scanner loads the page, with everything on it, and presses nothing.
    const scanner = await open_page(options);
    await scanner.goto(heed.url + made.link.slice(made.link.indexOf("/case")));
    await scanner.getByRole("button", { name: go_on }).waitFor();
    await axe(scanner, "the door");
    await no_sideways_scroll(scanner, "the door");
    const page = await open_page(options);
    await come_in(page, heed, made.link, go_on);
    await page.locator(".number", { hasText: number }).waitFor();
    await page.reload();
    await page.locator(".number", { hasText: number }).waitFor();
    // What the tab keeps is worth nothing in another browser.
    const kept = await page.evaluate(() => sessionStorage.getItem("heed-tab"));
    const { token } = JSON.parse(kept).delegate;
    assert.equal((await heed.call("GET", "/v1/cases", undefined, { Authorization: `Bearer ${token}` })).status, 401);
    // The scanner's tab, and whoever got the mail passed on, stand before a door that does not open.
    await scanner.getByRole("button", { name: go_on }).click();
    await scanner.getByText(de ? "Dieser Link öffnet nichts mehr." : "This link does not open anything any more.").waitFor();
    await until(() => focused(scanner), (at) => (de ? /^Dieser Link/ : /^This link/).test(at.name));
    await axe(scanner, "the door, spent");
    await scanner.getByRole("button", { name: de ? "Einen neuen Link schicken" : "Mail me a new link" }).click();
    await scanner.getByRole("status").filter({ hasText: de ? "ist ein neuer Link unterwegs" : "a new link is on its way" }).waitFor();
    await axe(scanner, "the door, asked");
    await no_sideways_scroll(scanner, "the door, asked");
    await scanner.reload();
    await scanner.getByText(de ? "Dieser Link öffnet nichts mehr." : "This link does not open anything any more.").waitFor();
    assert.equal(await scanner.getByRole("button", { name: go_on }).count(), 0);
    // She sees that it was opened, and cannot make another at once.
    const hers = await open_page(options);
    await open_case(hers, her, "", lang);
    const row = hers.locator("ul.people > li");
    await row.getByText(de ? "Der Link wurde am" : "The link was opened on").waitFor();
    assert.equal(await row.locator("input").count(), 0, "no link that opens nothing");
    await row.getByRole("button", { name: de ? "Einen neuen Link für Union machen" : "Make a new link for Union" }).click();
    await hers.getByRole("status").filter({ hasText: de ? "Nach zehn Minuten" : "after ten minutes" }).waitFor();
    await axe(hers, "people, opened");
    for (const one of [page, scanner, hers]) {
      assert.deepEqual(one.faults, []);
      await one.context().close();
    }
  });
}

test("what a delegate wrote is named as theirs, on her page and on theirs", async () => {
  const { heed, her } = await with_case();
  const made = await given(heed, her, { email: "lawyer@law.example" }, ["read", "talk"]);
  const id = (await heed.user(her, "GET", "/v1/cases")).json.items[0].case_id;
  await heed.user(her, "POST", `/v1/cases/${id}/messages`, { text: "My own words." });
  const page = await open_page();
  await come_in(page, heed, made.link);
  await page.getByRole("textbox", { name: "Add something" }).fill("I write for her.");
  await page.getByRole("button", { name: "Add to the case" }).click();
  await page.getByRole("status").filter({ hasText: "It is in your case now." }).waitFor();
  const from = (where, words) => where.locator("ol.talk > li").filter({ hasText: words }).locator("strong");
  assert.equal(await from(page, "I write for her.").innerText(), "From you");
  assert.equal(await from(page, "My own words.").innerText(), `From ${her}`);
  const hers = await open_page();
  await open_case(hers, her);
  await from(hers, "I write for her.").waitFor();
  assert.equal(await from(hers, "I write for her.").innerText(), "From your delegate (lawyer@law.example)");
  assert.equal(await from(hers, "My own words.").innerText(), "From you");
  await hers.getByText("Everything that has happened").click();
  await hers.getByText("What your delegate (lawyer@law.example) wrote").waitFor();
  await axe(hers, "from a delegate");
  for (const one of [page, hers]) {
    assert.deepEqual(one.faults, []);
    await one.context().close();
  }
});

test("links that were never given, are cut short or have ended all read the same", async () => {
  const { heed, her } = await with_case();
  const made = await given(heed, her, { email: "x@union.example" }, ["read"]);
  await heed.user(her, "DELETE", `/v1/delegations/${made.delegation_id}`);
  const key = made.link.slice(made.link.indexOf("key=") + 4), said = [];
  for (const tried of [key, key.slice(0, -8), "hd_" + "A".repeat(75), "hd_"]) {
    const page = await open_page();
    await come_in(page, heed, `/case#delegation&key=${tried}`);
    await page.getByText("This link does not open anything any more.").waitFor();
    await page.getByRole("button", { name: "Mail me a new link" }).click();
    await page.getByRole("status").filter({ hasText: "a new link is on its way" }).waitFor();
    said.push(await page.locator("heed-door").evaluate((one) => one.shadowRoot.textContent.replace(/\s+/g, " ")));
    await page.context().close();
  }
  assert.equal(new Set(said).size, 1, said.join("\n"));
});
