// The common report in WebKit, the engine of every browser on an iPhone.
import { assert, embed_url, person, test, the_house } from "./browser.mjs";
import { WebKit, webkit_missing } from "./webkit.mjs";

const kDeep = `let at = document.activeElement; while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;`;
const kHeading = `const r = document.querySelector("heed-report"); const h = r && r.shadowRoot && r.shadowRoot.querySelector("h2"); return h ? h.innerText : "";`;

test("the common report takes at most six steps by keyboard alone (iphone: WebKit)", async () => {
  const missing = webkit_missing();
  if (missing) return missing;
  const { heed } = await the_house();
  const her = person("ada"), post = person("p");
  await heed.posts({ id: post, by: person("troll"), to: her, text: "you fool" });
  const webkit = await WebKit.start();
  try {
    await webkit.size(390, 844);
    await webkit.go(await embed_url({ account: her, post }));
    await webkit.until(kHeading, "the flow");
    let keys = 0, steps = 1;
    const press = async (key) => {
      keys++;
      await webkit.press(key);
    };
    const tab_to = async (script, what) => {
      for (let i = 0; i < 40; ++i) {
        if (await webkit.run(`${kDeep} return !!at && (${script});`)) return;
        await press("Tab");
      }
      assert.fail(`the keyboard does not reach ${what}`);
    };
    const step = async (words) => {
      steps++;
      await webkit.until(kHeading.replace("return h ?", `return h && h.innerText.includes(${JSON.stringify(words)}) ?`), words);
    };
    const began = performance.now();
    await tab_to(`at.type === "checkbox" && at.labels[0].innerText.includes("Insults")`, "the symptom");
    await press("Space");
    await press("Enter");
    await step("Whom is it aimed at?");
    await tab_to(`at.type === "radio"`, "whom");
    await press("Space");
    await press("Enter");
    await step("How much of it is there?");
    await tab_to(`at.type === "radio"`, "how much");
    await press("Enter");
    await step("Are you afraid");
    await tab_to(`at.type === "radio"`, "fear");
    await press("ArrowDown");
    await press("Enter");
    await step("Anything to add?");
    await tab_to(`at.tagName === "BUTTON" && at.innerText === "Send the report"`, "the button");
    await press("Enter");
    const number = await webkit.until(`const r = document.querySelector("heed-report"); const n = r.shadowRoot.querySelector(".number"); return n ? n.innerText : "";`, "the receipt");
    const seconds = (performance.now() - began) / 1000, human = keys + 3 * steps;
    console.log(`    iphone (WebKit): ${steps} steps, ${keys} keys, ${seconds.toFixed(1)} s by machine, about ${human} s for a person`);
    assert.ok(steps <= 6 && human < 60);
    const mine = await heed.user(her, "GET", "/v1/reports");
    assert.deepEqual(mine.json.items.map((report) => report.number), [number]);
    assert.ok(await webkit.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth"), "wider than the window");
  } finally {
    await webkit.stop();
  }
});
