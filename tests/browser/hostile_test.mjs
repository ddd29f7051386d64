// What people write, on every page that shows it: scripts, marks that turn the direction, huge words, links, templates.
// It reads as it was written, and does nothing: no script, no request elsewhere, no new address, no wider page.
import { assert, clients, embed, jwt, open_page, person, test, the_house, words_in } from "./browser.mjs";
import { open_case, until } from "./cases.mjs";
import { here, pile, sign_in } from "./console_test.mjs";
import { password } from "./heed.mjs";

const kTurn = "\u202E", kIsolate = "\u2066";
/** What each text of people is made of; `mark` tells where it came from, so that a page that lost it fails. */
const kScript = `<img src=x onerror="owned=1"><script>owned=1;document.title="owned"</script><iframe srcdoc="<script>parent.owned=1</script>"></iframe>`;
const kLink = `<a href="javascript:owned=1">x</a> http://evil.example/" onmouseover=owned=1 [x](http://evil.example)`;
const kTemplate = "{{constructor.constructor('owned=1')()}} ${owned=1} {n} {clause} {time} %s";
const kWide = "W".repeat(600);
const hostile = (mark, more = "") => `${mark} ${kScript} ${kTurn}txeiver${kIsolate}back ${kLink} ${kTemplate} ${kWide}${more}`;
const brief = (mark) => `${mark} ${kScript} ${kTurn}txeiver ${kTemplate}`;
/** Where few characters may stand. */
const short = (mark) => `${mark}<img src=x onerror=owned=1>${kTurn}{n}`;

/** Watches a page for everything that text must not be able to do. */
function watched(page) {
  page.asked = [];
  page.on("request", (request) => page.asked.push(request.url()));
  page.on("dialog", (dialog) => {
    page.faults.push(`a dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  page.on("popup", (popup) => page.faults.push(`a new window: ${popup.url()}`));
  page.on("framenavigated", (frame) => {
    if (frame !== page.mainFrame() || !["127.0.0.1", ""].includes(new URL(frame.url()).hostname)) page.faults.push(`it went to ${frame.url()}`);
  });
  return page;
}

/** The page shows every one of `marks`, and nothing of what stands around them does anything. */
async function inert(page, where, marks) {
  const { heed, site } = await the_house();
  const told = await words_in(page.locator("body")), typed = await page.evaluate(() => {
    const out = [];
    const walk = (at) => {
      for (const one of at.querySelectorAll("*")) {
        if (one.shadowRoot) walk(one.shadowRoot);
        if (one.matches("input, textarea")) out.push(one.value);
      }
    };
    walk(document);
    return out.join(" ");
  });
  for (const mark of marks) assert.ok((told + typed).includes(`${mark}<`) || (told + typed).includes(`${mark} <`), `${where}: ${mark} is not shown as it was written: ${told.slice(0, 3000)}`);
  const found = await page.evaluate(([turn, own, ends]) => {
    const out = [], wide = document.documentElement.clientWidth;
    if (globalThis.owned !== undefined || document.title === "owned") out.push("a script ran");
    const up = (one) => one.parentElement ?? one.getRootNode().host;
    // A box scrolls by itself or cuts what is too long; then what is in it may be as wide as it wants to be.
    const held = (one) => {
      for (let at = one; at; at = up(at)) if (getComputedStyle(at).overflowX !== "visible" && at !== document.documentElement && at !== document.body) return at.getBoundingClientRect().right <= wide + 1;
      return false;
    };
    const walk = (root) => {
      for (const one of root.querySelectorAll("*")) {
        if (one.shadowRoot) walk(one.shadowRoot);
        const name = `${one.tagName.toLowerCase()}#${one.id}.${one.className}`;
        if (one.matches("iframe, object, embed, base, meta[http-equiv=refresh]")) out.push(`there is ${name}`);
        if (one.matches("script:not([type='application/json'])") && !own.some((origin) => one.src.startsWith(origin + "/"))) out.push(`there is a script: ${one.src || one.textContent.slice(0, 50)}`);
        for (const { name: key, value } of one.attributes) {
          if (/^on/i.test(key)) out.push(`${name} has ${key}`);
          if (["src", "href", "action", "formaction", "srcset", "data"].includes(key) && /evil|^\s*javascript:/i.test(value)) out.push(`${name} leads to ${value.slice(0, 60)}`);
        }
        if (!one.checkVisibility({ visibilityProperty: true }) || one.closest(".aside")) continue;
        const box = one.getBoundingClientRect();
        if (box.width > 1 && box.right > wide + 1 && !held(one)) out.push(`${name} ends at ${Math.round(box.right)} of ${wide}`);
        // Whatever turns the direction stops where the text of that person ends.
        for (const text of one.childNodes) {
          if (text.nodeType !== Node.TEXT_NODE || !text.data.includes(turn) || one.matches("textarea, option")) continue;
          let at = one;
          while (getComputedStyle(at).display.startsWith("inline") && !/isolate|plaintext/.test(getComputedStyle(at).unicodeBidi)) at = up(at);
          for (const line of at.innerText.split("\n").filter((one) => one.includes(turn))) if (!ends.some((end) => line.trim().endsWith(end))) out.push(`${name}: "${text.data.slice(0, 40)}" turns what follows it: ${line.slice(-60)}`);
        }
      }
    };
    walk(document);
    if (document.documentElement.scrollWidth > wide) out.push(`the page is ${document.documentElement.scrollWidth} wide in ${wide}`);
    return [...new Set(out)];
  }, [kTurn, [heed.url, site.url], [kWide.slice(0, 60), "{n}", "%s", "A A A A"]]);
  assert.deepEqual(found, [], where);
  const elsewhere = page.asked.filter((url) => !url.startsWith(heed.url + "/") && !url.startsWith(site.url + "/") && !/^(blob|data|about):/.test(url));
  assert.deepEqual(elsewhere, [], `${where}: nothing is asked of another site`);
  assert.deepEqual(page.faults, [], where);
}

/** One case in which everybody wrote what they should not, and what staff wrote about it. */
async function hostile_case() {
  const { heed } = await the_house();
  await heed.decide("no_violation");
  const her = short(person("her")).slice(0, 200), him = short(person("him")).slice(0, 200), post = person("p"), above = person("p");
  const account = (id, name) => heed.platform("PUT", `/v1/accounts/${encodeURIComponent(id)}`, { handle: short(name), display_name: brief(name), created_at: "2020-01-01T00:00:00.000Z" });
  for (const [id, name] of [[her, "HERNAME"], [him, "HISNAME"]]) {
    const answer = await account(id, name);
    assert.ok(answer.status < 300, answer.text);
  }
  const line = (id, text, more) => JSON.stringify({ id, author: { id: him, handle: short("HISNAME") }, mentions: [her], created_at: new Date(Date.now() - 60_000).toISOString(), text, ...more }) + "\n";
  const taken = await heed.platform("POST", "/v1/posts",
    line(above, hostile("ABOVE")) +
      line(post, `you stupid worthless cow ${hostile("POSTTEXT", " A".repeat(9000))}`, {
        reply_to: { post_id: above, account_id: him }, links: ["http://evil.example/x"], media: [{ type: "image/png", url: "http://evil.example/picture.png" }],
      }));
  assert.ok(taken.status === 200 && !taken.text.includes('"problem"'), taken.text.slice(0, 500));
  const changed = await heed.platform("PUT", `/v1/posts/${post}`, JSON.parse(line(post, `you stupid worthless cow ${hostile("EDITED")}`, { reply_to: { post_id: above, account_id: him } })));
  assert.ok(changed.status < 300, changed.text);
  const receipt = await heed.user(her, "POST", "/v1/reports", { about: "me", symptoms: ["harassment"], comment: hostile("COMMENT"), items: [{ kind: "post", id: post }] });
  assert.equal(receipt.status, 201, receipt.text);
  const grace = await heed.staff("grace");
  const { case_id, parties } = (await grace("GET", `/v1/cases?number=${receipt.json.number}`)).json.items[0];
  const party = parties.find((one) => one.roles.includes("target")).party, path = `/v1/cases/${case_id}`;
  const own = (await heed.user(her, "GET", "/v1/cases")).json.items[0].case_id;
  const good = async (answer) => {
    const { status, text, json } = await answer;
    assert.ok(status < 300, text);
    return json;
  };
  await good(grace("POST", `${path}/messages`, { text: hostile("STAFFNOTE") }));
  await good(grace("POST", `${path}/messages`, { to: party, text: hostile("MESSAGE") }));
  for (const body of [{ form: "text", text: hostile("PIECE"), about: hostile("ABOUT") }, { form: "link", url: `https://evil.example/?${"x".repeat(900)}%3Cscript%3E`, about: hostile("LINKED") }])
    await good(heed.user(her, "POST", `/v1/cases/${own}/evidence`, body));
  await good(heed.user(her, "POST", "/v1/delegations", { delegate: { account_id: person("aide"), name: short("DELEGATE") }, as: "union", scopes: ["read"] }));
  return { heed, her, him, post, case_id, own, path, party, grace, good, number: receipt.json.number };
}

for (const client of ["desktop", "narrow"]) {
  test(`hostile words on every page of the console (${client})`, async () => {
    const { heed, her, him, case_id, path, grace, good, number } = await hostile_case();
    const boss = person("boss");
    heed.run_with(password + "\n", "user", "create", boss, ...["admin", "lead", "reviewer"].flatMap((role) => ["--role", role]), "--password-stdin", "--json");
    const page = watched(await open_page({ ...clients[client], acceptDownloads: true }));
    await sign_in(page, boss);
    const go = async (hash, wait) => {
      await page.evaluate((to) => (location.hash = to), hash);
      await page.locator(wait).first().waitFor();
    };
    const open_all = async (inside) => {
      for (const closed = page.locator(`${inside} details:not([open]) > summary:visible`); await closed.count(); ) await closed.first().click();
    };

    // The case, all of it, and what will be read of the decision.
    await page.locator("li.place").first().waitFor();
    await page.keyboard.press("c");
    await here(page).first().waitFor();
    assert.match(page.url(), new RegExp(case_id));
    await page.getByRole("button", { name: /Show all/ }).or(page.locator("heed-pile .text")).first().waitFor();
    await open_all("heed-case-desk");
    await page.locator("heed-case-people tbody tr").first().waitFor();
    await page.locator("heed-case-pieces .theirs").first().waitFor();
    await page.keyboard.press("w");
    await inert(page, "case", ["EDITED", "POSTTEXT", "ABOVE", "COMMENT", "STAFFNOTE", "MESSAGE", "PIECE", "ABOUT", "LINKED", "HISNAME"]);
    await page.keyboard.press("d");
    await page.locator("#clause").selectOption("targeted_harassment");
    await page.locator("#facts").fill(hostile("FACTS"));
    await inert(page, "case, form", ["FACTS"]);
    await page.keyboard.press("Control+Enter");
    await page.locator("#send").waitFor();
    await inert(page, "preview", ["FACTS"]);
    await page.keyboard.press("Enter");
    await page.getByText("Everything is decided, and the case is closed").waitFor();
    await inert(page, "decided", []);
    await open_all("heed-case-desk");
    await page.locator("heed-unmask #reason").fill(brief("UNMASKED"));
    await page.locator("heed-unmask form button").click();
    await page.locator("heed-unmask .card").waitFor();
    await inert(page, "unmasked", []);

    // What staff wrote to each other.
    const item = (await grace("GET", `${path}/items`)).json.items[0];
    await good(heed.platform("POST", `/v1/decisions/${item.decision.decision_id}/appeals`, { account_id: him, text: hostile("APPEAL") }));
    await page.reload();
    await page.locator("heed-case-desk h1").waitFor();
    await open_all("heed-case-desk");
    await page.getByText("APPEAL").first().waitFor();
    await inert(page, "case with an appeal", ["APPEAL"]);
    await go("#/leads", "heed-lead-page table");
    await page.getByText("By an author").first().waitFor();
    await inert(page, "overview", []);

    // Search: for words of a post, and for somebody whose name is hostile.
    await go("#/search", "heed-search-page h1");
    await page.locator("#all").check();
    for (const [kind, words, mark] of [["posts", "edited", "EDITED"], ["people", him, "HISNAME"], ["people", her, her.split("<")[0]]]) {
      await page.locator("#kind").selectOption(kind);
      await page.locator("#words").fill(words);
      await page.locator("heed-search-page button.main").click();
      await page.locator("heed-search-page li.card").filter({ hasText: mark }).first().waitFor();
      await inert(page, `search for ${kind}`, [mark]);
    }
    await page.locator("#kind").selectOption("number");
    await page.locator("#words").fill(number);
    await page.locator("heed-search-page button.main").click();
    await page.locator("heed-search-page li.card").first().waitFor();
    await inert(page, "search for a number", []);

    // A rule stopped with a reason, and a trial that shows posts as examples.
    await go("#/rules", "heed-rules-page tbody tr");
    const rule = (await grace("GET", "/v1/rules")).json.items[0];
    await good(grace("POST", `/v1/rules/${rule.rule}/mode`, { mode: "off", reason: hostile("RULEREASON") }));
    await page.reload();
    await page.getByText("RULEREASON").first().waitFor();
    await open_all("heed-rules-page");
    await page.locator("heed-pack-trial #file").selectOption("rules|rules/spam.yaml");
    await until(() => page.locator("heed-pack-trial #text").inputValue(), (text) => text.includes("spam_links"));
    const held = await page.locator("heed-pack-trial #text").inputValue();
    await page.locator("heed-pack-trial #text").fill(`${held}
- id: about_w
  version: "2026-11-22"
  clause: targeted_harassment
  why: "long words"
  when: post.text.contains("worthless")
  signals: [{category: harassment, score: 0.99}]
  mode: on
  examples: {match: ["worthless"], no_match: ["ferns"]}
`);
    await page.locator("heed-pack-trial #scenario").fill(`post actor=u1 text="${hostile("SCENARIO").replace(/["\\]/g, "")}"\nexpect verdict=flag`);
    await page.locator("heed-pack-trial button.main").click();
    await page.getByText(/Held against \d+ posts/).waitFor();
    await inert(page, "rules and trial", ["RULEREASON", "SCENARIO"]);
    await good(grace("POST", `/v1/rules/${rule.rule}/mode`, { mode: rule.mode, reason: "It was a trial." }));

    // Keys, ties, invitations, members, who looked.
    await go("#/house", "heed-admin-page");
    await good(heed.staff(boss).then((call) => call("POST", "/v1/keys", { name: short("KEYNAME"), scopes: ["assess"] })));
    await page.reload();
    await page.getByText("KEYNAME").first().waitFor();
    await inert(page, "house", ["KEYNAME"]);
    await go("#/account", "heed-account-page h1");
    await page.locator("#account").fill(short("TIE"));
    await page.locator("#account").press("Enter");
    await page.locator("heed-account-page li").filter({ hasText: "TIE" }).waitFor();
    await inert(page, "account", ["TIE"]);
    await go("#/members", "heed-members-page tbody tr");
    await inert(page, "members", []);
    await go("#/looks", "heed-looks-page h1");
    await page.locator("heed-looks-page td").filter({ hasText: "UNMASKED" }).first().waitFor();
    await inert(page, "who looked", ["UNMASKED"]);

    // The queue: a colleague's offer, a view's name, an address that somebody made up.
    await go("#/queue", "heed-queue-page h1");
    await page.locator("heed-queue-page summary").first().click();
    await page.locator("#lane").selectOption("life");
    await page.getByRole("button", { name: "Keep this view" }).click();
    await page.locator("#view-name").fill(short("VIEW"));
    await page.locator("#view-name").press("Enter");
    await page.getByRole("button", { name: "VIEW" }).first().waitFor();
    await inert(page, "queue", ["VIEW"]);
    for (const hash of [`#/case/${encodeURIComponent(hostile("PATH"))}`, `#/queue/${encodeURIComponent(short("PATH"))}`, `#/${encodeURIComponent(kScript)}`, "#/case/javascript:owned=1/../x"]) {
      await page.evaluate((to) => (location.hash = to), hash);
      await page.locator("[data-page] h1, [data-page] [role=alert]:not(:empty)").first().waitFor();
      await inert(page, `address ${hash.slice(0, 20)}`, []);
    }
    await page.context().close();
  });

  test(`hostile words on every page of the people concerned (${client})`, async () => {
    const { heed, her, him, post, own, path, party, grace, good } = await hostile_case();
    await good(grace("POST", `${path}/question`, { to: party, text: hostile("QUESTION") }));
    const page = watched(await open_page(clients[client]));
    const open_all = async (inside) => {
      for (const closed = page.locator(`${inside} details:not([open]) > summary:visible`); await closed.count(); ) await closed.first().click();
    };

    // The way of reporting, with a post of his and a name of the platform's.
    await embed(page, { account: her, post, attributes: `post-label="${short("LABEL").replace(/"/g, "&quot;").replace(/</g, "&lt;")}"` });
    await inert(page, "report, first step", []);
    await page.getByRole("checkbox").first().check();
    await page.locator("button.main").click();
    await page.locator("input[name=about][value=me]").check();
    await page.locator("button.main").click();
    await page.locator("heed-report h2").first().waitFor();
    await open_all("heed-report");
    await inert(page, "report, the posts", []);

    // Her case.
    await open_case(page, her);
    await page.locator("#question").waitFor();
    await open_all("heed-case");
    await page.locator("#answer").fill(hostile("ANSWER"));
    await inert(page, "her case, asked", ["QUESTION", "MESSAGE", "COMMENT", "PIECE", "ABOUT", "LINKED", "DELEGATE", "ANSWER"]);
    await page.locator("#answer").press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("status").filter({ hasText: "We have your answer" }).waitFor();
    await inert(page, "her case, answered", ["ANSWER"]);
    assert.ok(own);

    // His, after the decision, with his objection.
    await heed.decide("violation", hostile("FACTS"));
    await until(async () => (await heed.user(him, "GET", "/v1/cases")).json.items, (items) => items.length > 0);
    await open_case(page, him);
    await open_all("heed-case");
    await page.getByText("FACTS").first().waitFor();
    await inert(page, "the author's case", ["FACTS"]);
    const item = (await grace("GET", `${path}/items`)).json.items[0];
    await good(heed.platform("POST", `/v1/decisions/${item.decision.decision_id}/appeals`, { account_id: him, text: hostile("APPEAL") }));
    await page.reload();
    await page.locator("heed-case h2").first().waitFor();
    await open_all("heed-case");
    await inert(page, "the author's case, with an objection", ["FACTS"]);

    // What is held about each, and the page to print.
    const { site } = await the_house();
    for (const [account, marks] of [[her, ["COMMENT", "DELEGATE", "HERNAME"]], [him, ["HISNAME"]]]) {
      site.lang = "en";
      site.body = `<h1>A forum</h1><heed-my-data server="${heed.url}"></heed-my-data>`;
      site.script = `document.querySelector("heed-my-data").token = ${JSON.stringify(jwt(account))};`;
      await page.goto(site.url);
      await page.getByRole("button", { name: "Show it here" }).click();
      await page.getByRole("heading", { name: "What is held about you" }).waitFor();
      await open_all("heed-my-data");
      await inert(page, "data", marks);
    }
    for (const account of [her, him]) {
      const file = await heed.user(account, "POST", `/v1/cases/${(await heed.user(account, "GET", "/v1/cases")).json.items[0].case_id}/file`, { format: "html", locale: "en" });
      assert.equal(file.status, 200, file.text.slice(0, 300));
      await page.route("**/printed.html", (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: file.text }));
      await page.goto(`${site.url}/printed.html`);
      await inert(page, "the page to print", account === her ? ["COMMENT"] : ["FACTS"]);
      await page.unroute("**/printed.html");
    }
    await page.context().close();
  });
}
