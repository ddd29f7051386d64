// /report: the flow as a page, for an app's web view (#code=…) and for people without an account (#url=…).
import { getDelegations, getReportFlow } from "heed-api";
import { Http } from "heed-http";
import { HeedReport } from "./report/element.js";
import { enter, keep, say } from "./shared/hand_over.js";

customElements.define("heed-report", HeedReport);

async function begin(): Promise<void> {
  const place = document.querySelector("main")!;
  const entry = await enter();
  const locale = entry.handed?.page.locale || entry.hash.get("locale") || navigator.language;
  document.documentElement.lang = locale.split("-")[0]!;
  if (entry.refused) {
    const flow = await getReportFlow(new Http(location.origin, () => ""), { locale });
    document.documentElement.lang = flow.locale;
    document.documentElement.dir = flow.direction;
    say(flow.texts["title"] ?? "", flow.texts["error_link"] ?? "");
    return;
  }
  const report = document.createElement("heed-report") as HeedReport;
  report.server = location.origin;
  report.locale = locale;
  report.top = true;
  report.country = entry.hash.get("country") ?? "";
  if (entry.handed) {
    const { token, page } = entry.handed;
    report.token = token;
    report.me = page.account_id;
    report.channel = page.channel;
    report.items = page.items;
    report.caseUrl = "/case";
    const behalf = entry.hash.get("behalf"), url = entry.hash.get("url");
    if (behalf) {
      const given = (await getDelegations(new Http(location.origin, () => token))).items.find((one) => one.delegation_id === behalf);
      report.behalf = behalf;
      report.me = given?.principal?.account_id ?? "";
      report.items = url ? [{ kind: "url", url }] : [];
    }
  } else if (entry.delegate) {
    // In the name of whoever left this to them; the server alone says whether it still stands.
    const { token } = entry.delegate, url = entry.hash.get("url");
    if (!token) return location.replace("/case"); // where the link opens
    const given = (await getDelegations(new Http(location.origin, () => token))).items.find((one) => one.role === "delegate" && one.state === "in_force");
    report.token = token;
    report.me = given?.principal?.account_id ?? "";
    report.items = url ? [{ kind: "url", url }] : [];
    report.caseUrl = "/case";
  } else {
    report.guest = true;
    const url = entry.hash.get("url");
    report.items = url ? [{ kind: "url", url }] : [];
    report.caseLink = (receipt) => {
      const case_id = receipt.status_url.split("/").pop()!;
      keep({ guest: { case_id, key: receipt.case_key ?? "" } });
      return `/case#case=${case_id}&key=${receipt.case_key}`;
    };
  }
  place.replaceChildren(report);
}

begin().catch(() => {
  if (document.documentElement.lang === "de") say("Melden", "Die Seite konnte nicht geladen werden. Bitte prüfen Sie Ihre Verbindung und laden Sie sie neu.");
  else say("Report", "The page could not be loaded. Please check your connection and load it again.");
});
