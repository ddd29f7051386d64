// As heed_report.ts, for the page of a case.
import { HeedCase } from "./case/element.js";

if (!customElements.get("heed-case")) customElements.define("heed-case", HeedCase);
export { HeedCase };
