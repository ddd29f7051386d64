// /console: whoever has a conflict, with the ways around the wall that somebody might try.
import { assert, axe, open_page, person, test, the_house } from "./browser.mjs";
import { until } from "./cases.mjs";
import { clear_queue, here, sign_in } from "./console_test.mjs";
import { password } from "./heed.mjs";

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
