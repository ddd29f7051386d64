// /console, the overview: charts with their tables, what stands behind a day, what is saved; what a key stops.
import { readFileSync } from "node:fs";
import { assert, axe, clients, focused, no_sideways_scroll, open_page, person, test, the_house, words_in } from "./browser.mjs";
import { until } from "./cases.mjs";
import { clear_queue, enter, member, pile, sign_in } from "./console_test.mjs";

const today = () => new Date().toISOString().slice(0, 10);
const clean = async (page, where) => {
  await axe(page, where);
  await no_sideways_scroll(page, where);
  const words = await words_in(page.locator("heed-console"));
  assert.ok(!/undefined|\{\w+\}|NaN/.test(words), `${where}: ${words}`);
};
const csv_of = async (page, button) => {
  const [saved] = await Promise.all([page.waitForEvent("download"), button.click()]);
  return { name: saved.suggestedFilename(), lines: readFileSync(await saved.path(), "utf8").trim().split("\r\n") };
};

for (const [theme, client] of [["light", "desktop"], ["dark", "narrow"], ["dark", "desktop"]]) {
  test(`console figures: a bar of the chart opens what stands behind it, by keyboard, ${theme}, ${client}`, async () => {
    await clear_queue();
    const { heed, case_id, grace } = await pile({ posts: 3, authors: 2 });
    await heed.decide("violation");
    const german = client === "narrow";
    const page = await open_page({ ...clients[client], colorScheme: theme, acceptDownloads: true, ...(german ? { locale: "de-DE" } : {}) });
    await sign_in(page, "grace");
    await page.keyboard.press("l");
    const charts = page.locator("heed-chart");
    const line = async () => (await grace("GET", `/v1/figures?unit=posts&interval=day&from=${today()}T00:00:00.000Z`)).json.items[0];
    const counted = (day) => (german ? `Verstöße ${day.violations}, Nicht gegen die Regeln ${day.decided - day.violations}` : `against the rules ${day.violations}, Not against the rules ${day.decided - day.violations}`);
    const last = charts.nth(1).getByRole("button").last();
    const number_words = (text) => text.replaceAll(/[.,](?=\d{3})/g, "");
    await until(async () => number_words((await last.getAttribute("aria-label")) ?? ""), (label) => label.includes(": "));
    assert.ok(number_words(await last.getAttribute("aria-label")).toLowerCase().endsWith(counted(await line()).toLowerCase()), await last.getAttribute("aria-label"));
    assert.equal(await charts.nth(1).getByRole("button").count(), 14);
    await clean(page, `overview with charts, ${theme}, ${client}`);

    // One stop of the Tab key; arrows; Enter.
    assert.equal(await charts.nth(1).locator("[tabindex='0']").count(), 1);
    await last.focus();
    await page.keyboard.press("Home");
    assert.equal(await charts.nth(1).locator("[tabindex='0']").getAttribute("aria-label"), await charts.nth(1).getByRole("button").first().getAttribute("aria-label"));
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.locator("#drill").waitFor();
    await until(() => focused(page), (now) => now.tag === "H2");
    const list = page.locator("section[aria-labelledby=drill]");
    await list.locator(`a[href="#/case/${case_id}"]`).first().waitFor();
    await clean(page, `behind a day, ${theme}, ${client}`);
    assert.equal(await charts.nth(1).locator("[aria-pressed=true]").count(), 1, "the chart says which day is open");
    await list.getByRole("button", { name: "targeted_harassment" }).click();
    await list.locator("button[aria-pressed=true]").waitFor();
    const shown = await list.locator("li").count();
    const saved = await csv_of(page, list.getByRole("button", { name: german ? "Diese Liste (CSV)" : "This list (CSV)" }));
    assert.equal(saved.lines.length, shown + 1, "what is saved is what is shown");
    assert.ok(saved.lines.slice(1).every((row) => row.includes('"targeted_harassment"')));
    assert.ok(saved.lines.some((row) => row.includes(case_id)));
    await list.locator(`a[href="#/case/${case_id}"]`).first().click();
    await page.locator("heed-case-desk h1").waitFor();
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test("console figures: charts follow by themselves, tables say the same, a longer time is chosen", async () => {
  await clear_queue();
  const { heed } = await pile({ posts: 1, authors: 1 });
  await heed.decide("violation");
  const page = await open_page({ acceptDownloads: true });
  await sign_in(page, "grace");
  await page.keyboard.press("l");
  const row = page.locator("section[aria-labelledby=figures] tbody tr").first();
  await row.waitFor();
  const numbers = async () => (await row.locator("td").allInnerTexts()).map((text) => text.replaceAll(",", ""));
  const before = Number((await numbers())[1]);
  await pile({ posts: 2, authors: 1 });
  await heed.decide("no_violation");
  await page.locator("section[aria-labelledby=figures] tbody tr").first().filter({ hasText: new Intl.NumberFormat("en").format(before + 2) }).waitFor({ timeout: 20_000 });
  const saved = await csv_of(page, page.getByRole("button", { name: "As a table (CSV)" }));
  assert.match(saved.name, /^heed-\d{4}-\d\d-\d\d\.csv$/);
  assert.equal(Number(saved.lines.at(-1).split(",")[2]), before + 2);
  await page.locator("#span").selectOption("91");
  await until(() => page.locator("heed-chart").first().getByRole("button").count(), (n) => n > 0 && n < 14);
  const load = page.locator("section[aria-labelledby=load] tbody tr");
  await load.first().waitFor();
  const alias = (await (await heed.staff("ada"))("GET", "/v1/session")).json.staff.alias;
  const ada = load.filter({ hasText: alias });
  assert.ok(Number((await ada.locator("td").last().innerText()).replaceAll(",", "")) > 0, "what ada decided");
  await clean(page, "a quarter of a year");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("console figures: an analyst sees the numbers behind a day, and no case", async () => {
  await clear_queue();
  const { heed } = await pile({ posts: 1, authors: 1 });
  await heed.decide("violation");
  const name = await member("analyst");
  const page = await open_page();
  const refused = [];
  page.on("response", (answer) => answer.status() === 403 && refused.push(answer.url()));
  await enter(page, name);
  const bar = page.locator("heed-chart").nth(1).getByRole("button").last();
  await bar.waitFor();
  await bar.click();
  const list = page.locator("section[aria-labelledby=drill]");
  await list.getByRole("rowheader", { name: "targeted_harassment" }).waitFor();
  assert.equal(await list.locator("a, li, tbody button").count(), 0);
  assert.equal(await page.locator("section[aria-labelledby=load]").count(), 0);
  await clean(page, "analyst, behind a day");
  const analyst = await heed.staff(name);
  for (const path of ["/v1/decisions", "/v1/workload"]) assert.equal((await analyst("GET", path)).status, 403, path);
  assert.deepEqual(refused, [], "nothing is asked that is refused");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

for (const [theme, client] of [["light", "desktop"], ["dark", "narrow"]]) {
  test(`console house: a key says what stops with it, ${theme}, ${client}`, async () => {
    const german = client === "narrow";
    const { heed } = await the_house();
    const page = await open_page({ ...clients[client], colorScheme: theme, ...(german ? { locale: "de-DE" } : {}) });
    await enter(page, await member("admin"));
    await page.keyboard.press("Shift+H");
    const admin = await heed.staff(await member("admin"));
    const name = person("bridge");
    await admin("POST", "/v1/keys", { name, scopes: ["actions:read", "posts:write"] });
    await page.reload();
    const row = page.locator("heed-admin-page tbody tr").filter({ hasText: name });
    await row.getByRole("button").click();
    await row.getByText(german ? "Anordnungen werden nicht mehr abgeholt" : "orders are no longer fetched").waitFor();
    assert.equal(await row.locator("li").count(), 2);
    await clean(page, `what a key stops, ${theme}`);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}
