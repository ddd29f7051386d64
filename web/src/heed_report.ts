// The script that any site embeds: <script type="module" src="https://heed.example/heed-report.js"></script>
import { HeedReport } from "./report/element.js";

if (!customElements.get("heed-report")) customElements.define("heed-report", HeedReport);
export { HeedReport };
