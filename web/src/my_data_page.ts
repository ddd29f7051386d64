// /my-data: what is held about a person, handed over by an app (#code=…) or come to from the page of a case in this tab, also by a
// mail's link.
import { HeedMyData } from "./data/element.js";
import de from "../messages/my_data.de.json";
import en from "../messages/my_data.en.json";
import { enter, say } from "./shared/hand_over.js";

customElements.define("heed-my-data", HeedMyData);

async function begin(): Promise<void> {
  const entry = await enter();
  const locale = entry.handed?.page.locale || entry.hash.get("locale") || navigator.language;
  const m = locale.startsWith("de") ? de : en;
  document.documentElement.lang = m === de ? "de" : "en";
  document.title = m.title;
  const token = entry.handed?.token ?? entry.guest?.key;
  if (!token) return say(m.title, entry.refused ? m.fault_link : m.no_entry);
  const page = document.createElement("heed-my-data") as HeedMyData;
  page.server = location.origin;
  page.locale = locale;
  page.caseUrl = "/case";
  page.top = true;
  page.token = token;
  document.querySelector("main")!.replaceChildren(page);
}

begin().catch(() => {
  const m = navigator.language.startsWith("de") ? de : en;
  say(m.title, m.fault_offline);
});
