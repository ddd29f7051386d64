// /console: where a person decides.
import { HeedConsole } from "./console/app.js";
import { HeedCaseDesk } from "./console/case_desk.js";
import { HeedCaseDialog } from "./console/case_dialog.js";
import { HeedCasePeople } from "./console/case_people.js";
import { HeedDecide } from "./console/decide.js";
import { HeedLeadPage } from "./console/lead_page.js";
import { HeedPile } from "./console/pile.js";
import { HeedQueuePage } from "./console/queue_page.js";
import { HeedSearchPage } from "./console/search_page.js";
import { language } from "./console/texts.js";

document.documentElement.lang = language;
customElements.define("heed-decide", HeedDecide);
customElements.define("heed-pile", HeedPile);
customElements.define("heed-case-dialog", HeedCaseDialog);
customElements.define("heed-case-people", HeedCasePeople);
customElements.define("heed-case-desk", HeedCaseDesk);
customElements.define("heed-queue-page", HeedQueuePage);
customElements.define("heed-search-page", HeedSearchPage);
customElements.define("heed-lead-page", HeedLeadPage);
customElements.define("heed-console", HeedConsole);
document.body.append(document.createElement("heed-console"));
