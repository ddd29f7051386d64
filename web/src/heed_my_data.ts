// As heed_report.ts, for the page about a person's data.
import { HeedMyData } from "./data/element.js";

if (!customElements.get("heed-my-data")) customElements.define("heed-my-data", HeedMyData);
export { HeedMyData };
