// The page of a case for whoever hears it, and for whoever uses it by keys alone; and in WebKit, the engine of an iPhone.
import { assert, focused, jwt, open_page, person, test, the_house } from "./browser.mjs";
import { open_case } from "./cases.mjs";
import { WebKit, webkit_missing } from "./webkit.mjs";

async function asked_case() {
  const { heed } = await the_house();
  const her = person("ida"), post = person("p");
  await heed.posts({ id: post, by: person("troll"), to: her, text: "you stupid worthless cow" });
  const receipt = await heed.user(her, "POST", "/v1/reports", { about: "me", symptoms: ["harassment"], items: [{ kind: "post", id: post }] });
  assert.equal(receipt.status, 201, receipt.text);
  const grace = await heed.staff("grace");
  const found = (await grace("GET", `/v1/cases?number=${receipt.json.number}`)).json.items[0];
  const party = found.parties.find((one) => one.roles.includes("target")).party;
  assert.equal((await grace("POST", `/v1/cases/${found.case_id}/question`, { to: party, text: "Is this the account that wrote before?" })).status, 201);
  return { heed, her, path: `/v1/cases/${found.case_id}`, grace };
}

test("a screen reader hears the case in the order in which it matters: the question, how it stands, what can be done", async () => {
  const { her } = await asked_case();
  const page = await open_page();
  await open_case(page, her);
  const tree = await page.locator("heed-case").ariaSnapshot();
  const order = [
    /region "Your case"/, /heading "Your case" \[level=2\]/, /heading "We need an answer from you" \[level=3\]/, /textbox "Your answer"/, /button "Send the answer"/,
    /heading "How it stands" \[level=3\]/, /heading "What it is about" \[level=3\]/, /button "Show what was written\. It may be hard to read\."/,
    /heading "What we have from you" \[level=3\]/, /heading "What you can do now" \[level=3\]/, /textbox "Add something"/, /heading "Evidence from elsewhere" \[level=3\]/,
    /heading "Talk with us in person or on the telephone" \[level=3\]/, /button "Show me a code"/, /heading "Take it with you" \[level=3\]/, /heading "Who acts for you" \[level=3\]/,
  ];
  let at = 0;
  for (const part of order) {
    const found = tree.slice(at).search(part);
    assert.ok(found >= 0, `${part} is missing or comes too early in\n${tree}`);
    at += found + 1;
  }
  assert.ok(!tree.includes("worthless"), "nothing of what the other side wrote is read out unasked");
  // What a field needs to be understood goes with it.
  const described = await page.locator("#answer").evaluate((one) => one.getRootNode().getElementById(one.getAttribute("aria-describedby"))?.innerText ?? "");
  assert.match(described, /stands still/);
  // A post that is opened says so, and is text that can be scrolled by keys.
  const show = page.getByRole("button", { name: "Show what was written" });
  assert.equal(await show.getAttribute("aria-expanded"), "false");
  await show.click();
  assert.match(await page.locator("heed-case").ariaSnapshot(), /button "Hide it again" \[expanded\]/);
  await page.context().close();
});

test("by keys alone: the answer, the evidence and the code, each said when it is done", async () => {
  const { her } = await asked_case();
  const page = await open_page();
  await open_case(page, her);
  const press = (key) => page.keyboard.press(key);
  const tab_to = async (fits, what) => {
    for (let i = 0; i < 80; ++i) {
      if (fits(await focused(page))) return;
      await press("Tab");
    }
    assert.fail(`the keyboard does not reach ${what}`);
  };
  const said = (words) => page.getByRole("status").filter({ hasText: words }).waitFor();
  await tab_to((f) => f.name === "Your answer", "the answer");
  await page.keyboard.type("It is.");
  await press("Tab");
  await press("Enter");
  await said("We have your answer");
  assert.match((await focused(page)).name, /Your case/);
  await tab_to((f) => f.tag === "SUMMARY" && f.name === "Add evidence", "the evidence");
  await press("Enter");
  await tab_to((f) => f.type === "radio", "what it is");
  await press("ArrowDown");
  await tab_to((f) => f.name.startsWith("The address"), "the address");
  await page.keyboard.type("https://example.org/a");
  await press("Enter");
  await said("It is in your case now");
  await tab_to((f) => f.name === "Show me a code", "the code");
  await press("Enter");
  await page.locator("#code").waitFor();
  assert.match((await focused(page)).name, /^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  await press("Tab");
  assert.equal((await focused(page)).name, "Take it off the page");
  await page.context().close();
});

test("a question is answered and evidence added by keyboard alone (iphone: WebKit)", async () => {
  const missing = webkit_missing();
  if (missing) return missing;
  const { heed, her, path, grace } = await asked_case();
  const { site } = await the_house();
  const webkit = await WebKit.start();
  try {
    site.lang = "en";
    site.body = `<h1>A forum</h1><heed-case server="${site.heed}"></heed-case>`;
    site.script = `document.querySelector("heed-case").token = ${JSON.stringify(jwt(her))};`;
    await webkit.size(390, 844);
    await webkit.go(site.url);
    const inside = (script) => `const r = document.querySelector("heed-case")?.shadowRoot; const at = r?.activeElement; return r ? (${script}) : false;`;
    const until = (script, what) => webkit.until(inside(script), what);
    const tab_to = async (script, what) => {
      for (let i = 0; i < 80; ++i) {
        if (await webkit.run(inside(`!!at && (${script})`))) return;
        await webkit.press("Tab");
      }
      assert.fail(`the keyboard does not reach ${what}`);
    };
    const type = async (words) => {
      for (const letter of words) await webkit.press(letter);
    };
    await until(`!!r.querySelector("#answer")`, "the question");
    await tab_to(`at.id === "answer"`, "the answer");
    await type("Yes.");
    await webkit.press("Tab");
    await webkit.press("Enter");
    await until(`[...r.querySelectorAll("[role=status]")].some((one) => one.innerText.includes("We have your answer"))`, "that it is sent");
    assert.equal((await grace("GET", path)).json.clock_stands, undefined);
    await tab_to(`at.tagName === "SUMMARY" && at.innerText === "Add evidence"`, "the evidence");
    await webkit.press("Enter");
    await tab_to(`at.id === "evidence-words"`, "the words");
    await type("He called.");
    await tab_to(`at.innerText === "Add it to my case"`, "the button");
    await webkit.press("Enter");
    await until(`r.querySelectorAll("ul.evidence > li").length === 1`, "the piece");
    await tab_to(`at.innerText === "Show me a code"`, "the code");
    await webkit.press("Enter");
    assert.match(await until(`r.querySelector("#code")?.innerText ?? ""`, "the code"), /^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    assert.ok(await webkit.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth"), "wider than the window");
    assert.equal((await heed.user(her, "GET", "/v1/cases")).json.items[0].question, undefined);
  } finally {
    await webkit.stop();
  }
});
