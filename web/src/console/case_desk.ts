// <heed-case-desk>: one case on one screen. On one side the pile, on the other the decision; all of it by keyboard.
import { deleteCasesIdQuestion, deleteClaimsId, getCasesId, getCasesIdClaims, getCasesIdItems, postQueuesNameClaims, putClaimsId, type Item, type TimelineEvent, type WholeCase } from "heed-api";
import { Problem } from "heed-http";
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { fill, random_key } from "../shared/words.js";
import { base } from "../shared/style.js";
import type { Answered, Asking, HeedCaseDialog } from "./case_dialog.js";
import { case_style } from "./case_style.js";
import { claim_next, nothing_for } from "./claiming.js";
import type { Act, HeedDecide, Outcome } from "./decide.js";
import { listen, words_for, type Clause, type Desk } from "./desk.js";
import { after, history, reporters_words } from "./history.js";
import type { Command } from "./keys.js";
import type { HeedPile } from "./pile.js";
import { by_harm, is_mine, suggested_clause, target_of } from "./post.js";
import { plain, type RowState } from "./post_row.js";
import type { HeedSecond } from "./second.js";
import type { Shift } from "./shift.js";
import { console_style } from "./style.js";
import { from_now, haste, moment, number, texts, word } from "./texts.js";

type Filter = "mine" | "open" | "all";

type Colleagues = Awaited<ReturnType<typeof getCasesIdClaims>>["items"];
type Button = [Asking, string, string];

const kAPage = 200;
const kAtOnce = 200; // items that one decision may hold
const kHeartbeat = 60_000;

export class HeedCaseDesk extends LitElement {
  static override properties = {
    case: {}, claim: {}, whole: { state: true }, items: { state: true }, filter: { state: true }, current: { state: true }, selected: { state: true }, opened: { state: true }, uncut: { state: true },
    clauses: { state: true }, events: { state: true }, fault: { state: true }, said: { state: true }, acts: { state: true }, colleagues: { state: true }, busy: { state: true }, ended: { state: true }, now: { state: true },
  };
  static override styles = [base, console_style, case_style];

  desk!: Desk;
  shift!: Shift;
  declare case: string;
  /** The claim under which is decided; "" to look only. */
  declare claim: string;
  declare private whole?: WholeCase;
  declare private items: Item[];
  declare private filter: Filter;
  declare private current: number;
  declare private selected: ReadonlySet<string>;
  declare private opened: ReadonlySet<string>;
  declare private uncut: ReadonlySet<string>;
  declare private clauses: Clause[];
  declare private events: TimelineEvent[];
  declare private fault: string;
  declare private said: string;
  declare private acts: Act[];
  /** Who else works here, now. */
  declare private colleagues: Colleagues;
  declare private busy: boolean;
  /** The claim is no longer this person's. */
  declare private ended: boolean;
  declare private now: number;
  private closing?: AbortController;
  private beat?: ReturnType<typeof setInterval>;
  private soon?: ReturnType<typeof setTimeout>;
  private reading = false;
  private next_cursor?: string;
  private read_all = false;
  private heard: TimelineEvent[] = [];
  private anchor = -1;
  private titles = new Map<string, string>();
  private list_of: { items?: Item[]; filter?: Filter; claim?: string; list: Item[] } = { list: [] };
  private targets_of: { key: string; list: Item[] } = { key: "", list: [] };

  constructor() {
    super();
    this.case = this.claim = this.fault = this.said = "";
    this.items = [];
    this.events = [];
    this.clauses = [];
    this.acts = [];
    this.colleagues = [];
    this.filter = "all";
    this.current = 0;
    this.selected = this.opened = this.uncut = new Set();
    this.busy = this.ended = false;
    this.now = Date.now();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.beat = setInterval(() => void this.heartbeat(), kHeartbeat);
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.closing?.abort();
    clearInterval(this.beat);
    clearTimeout(this.soon);
  }
  override willUpdate(changed: Map<string, unknown>): void {
    const claimed_again = this.claim && changed.get("claim") !== undefined;
    if (this.case && (changed.has("case") || claimed_again)) void this.begin();
  }

  // --- reading --------------------------------------------------------------------------------------------------

  private async begin(): Promise<void> {
    this.closing?.abort();
    const closing = (this.closing = new AbortController());
    this.items = [];
    this.events = this.heard = [];
    this.whole = undefined;
    this.read_all = this.ended = false;
    this.next_cursor = undefined;
    this.filter = this.claim ? "mine" : "all";
    this.fault = this.said = "";
    this.current = 0;
    this.selected = new Set();
    this.acts = this.acts.filter((act) => act.case_id === this.case);
    try {
      const [whole, clauses] = await Promise.all([getCasesId(this.desk.http, this.case), this.desk.clauses(), this.read_first()]);
      if (closing.signal.aborted) return;
      this.whole = whole as WholeCase;
      this.clauses = clauses;
      this.titles = new Map(clauses.map((clause) => [clause.id, clause.title]));
      void this.read_colleagues();
      await this.updateComplete;
      await this.pile?.updateComplete;
      await this.pile?.go(0);
    } catch (error) {
      this.fault = words_for(error);
      return;
    }
    void listen(this.desk.http, `/v1/cases/${encodeURIComponent(this.case)}`, (kind, data) => {
      if (kind !== "timeline") return;
      this.heard.push(JSON.parse(data) as TimelineEvent);
      clearTimeout(this.soon);
      this.soon = setTimeout(() => void this.heard_something(), 250);
    }, closing.signal);
  }

  /** The claim's own items, or the first page of all. */
  private async read_first(): Promise<void> {
    if (this.claim) {
      try {
        this.items = (await getCasesIdItems(this.desk.http, this.case, { limit: kAPage, claim: this.claim })).items;
      } catch (error) {
        if (!(error instanceof Problem && error.status === 404)) throw error;
      }
      if (this.items.some((item) => is_mine(item, this.claim))) return;
      this.claim = ""; // over since this address was opened
      this.filter = "all";
    }
    await this.read_more();
  }
  private async read_more(): Promise<void> {
    if (this.reading || this.read_all) return;
    this.reading = true;
    try {
      const page = await getCasesIdItems(this.desk.http, this.case, { limit: kAPage, ...(this.next_cursor ? { cursor: this.next_cursor } : {}) });
      const known = new Map(this.items.map((item) => [item.item_id, item]));
      for (const item of page.items) known.set(item.item_id, item);
      this.items = [...known.values()];
      this.next_cursor = page.next_cursor;
      this.read_all = !page.next_cursor;
    } catch (error) {
      this.fault = words_for(error);
    } finally {
      this.reading = false;
    }
  }

  private async heard_something(): Promise<void> {
    const known = this.events.length;
    this.events = [...this.heard];
    if (known === 0) return;
    this.items = after(this.items, this.events.slice(known), this.claim);
    if (this.claim && !this.ended && !this.mine.length && !this.form?.previewing) void this.heartbeat();
    try {
      this.whole = (await getCasesId(this.desk.http, this.case)) as WholeCase;
      await this.read_colleagues();
      if (this.events.slice(known).some((event) => event.kind.startsWith("proposal_") || event.kind === "decision_proposed")) void this.second?.read();
    } catch {
      // The next event asks again.
    }
  }
  private async read_colleagues(): Promise<void> {
    this.colleagues = await getCasesIdClaims(this.desk.http, this.case).then((list) => list.items.filter((one) => !one.yours), () => this.colleagues);
  }

  private async heartbeat(): Promise<void> {
    this.now = Date.now();
    if (!this.claim || this.ended) return;
    try {
      await putClaimsId(this.desk.http, this.claim);
    } catch (error) {
      if (error instanceof Problem && error.status === 404) this.lose();
    }
  }
  private lose(): void {
    this.ended = true;
    this.fault = texts.claim_over;
  }

  // --- what is shown and chosen ---------------------------------------------------------------------------------

  private get pile(): HeedPile | null {
    return this.renderRoot.querySelector<HeedPile>("heed-pile");
  }
  /** As chosen; what stands inside follows. */
  private get theme(): string | typeof nothing {
    return this.getAttribute("theme") ?? nothing;
  }
  private get dialog(): HeedCaseDialog | null {
    return this.renderRoot.querySelector<HeedCaseDialog>("heed-case-dialog");
  }
  private get second(): HeedSecond | null {
    return this.renderRoot.querySelector<HeedSecond>("heed-second");
  }
  private get form(): HeedDecide | null {
    return this.renderRoot.querySelector<HeedDecide>("heed-decide");
  }
  /** The same array until something changes, so that the list keeps its place. */
  private get list(): Item[] {
    const kept = this.list_of;
    if (kept.items !== this.items || kept.filter !== this.filter || kept.claim !== this.claim) {
      const list = this.filter === "all" ? this.items : this.items.filter((item) => (this.filter === "mine" ? is_mine(item, this.claim) : item.state === "open"));
      if (this.filter === "mine") list.sort(by_harm);
      this.list_of = { items: this.items, filter: this.filter, claim: this.claim, list };
    }
    return this.list_of.list;
  }
  private get mine(): Item[] {
    return this.items.filter((item) => is_mine(item, this.claim));
  }
  /** What the form decides: the selection, or the post at hand. */
  private get targets(): Item[] {
    // What is shown to be sent stays what it is, also when its answer is lost and the ledger already tells of it.
    if (this.form?.previewing && this.targets_of.list.length) return this.targets_of.list;
    const one = this.list[this.current];
    const list = this.selected.size ? this.items.filter((item) => this.selected.has(item.item_id)) : one && is_mine(one, this.claim) ? [one] : [];
    const key = list.map((item) => item.item_id).join();
    if (key !== this.targets_of.key) this.targets_of = { key, list };
    return this.targets_of.list;
  }

  private select(items: Item[], on = true): void {
    const next = new Set(this.selected);
    let full = false;
    for (const item of items) {
      if (!on) next.delete(item.item_id);
      else if (!is_mine(item, this.claim)) continue;
      else if (next.size < kAtOnce) next.add(item.item_id);
      else full = true;
    }
    this.selected = next;
    this.said = full ? fill(texts.at_most, { n: kAtOnce }) : next.size ? fill(texts.selected, { n: number(next.size) }) : "";
  }
  private select_author(): void {
    const at = this.list[this.current];
    if (at?.author) this.select(this.mine.filter((item) => item.author === at.author));
  }
  private select_alike(): void {
    const at = this.list[this.current];
    if (!at) return;
    const clause = suggested_clause(at);
    this.select(this.mine.filter((item) => suggested_clause(item) === clause && (item.provenance === "reporter") === (at.provenance === "reporter")));
  }
  private move(by: number, extend = false): void {
    const from = this.current, to = Math.max(0, Math.min(this.list.length - 1, from + by));
    if (extend) {
      if (this.anchor < 0) this.anchor = from;
      const [low, high] = [Math.min(this.anchor, to), Math.max(this.anchor, to)];
      this.select(this.list.slice(low, high + 1));
    } else {
      this.anchor = -1;
    }
    this.current = to;
    void this.pile?.go(to);
  }

  private get shown(): string {
    return `${this.opened.size} ${this.uncut.size} ${this.titles.size}`;
  }
  private covered(item: Item): boolean {
    return (this.whole?.queue === "sealed" || this.shift.behind(item)) && !this.opened.has(item.item_id);
  }
  private saw(event: CustomEvent<Item[]>): void {
    for (const item of event.detail) if (!this.covered(item)) this.shift.saw(item);
  }
  private row = (item: Item, place: number): RowState => {
    const behind = this.covered(item);
    return {
      current: place === this.current,
      selected: this.selected.has(item.item_id),
      selectable: is_mine(item, this.claim),
      behind,
      whole: this.uncut.has(item.item_id),
      taken: item.state === "open" && Boolean(item.claim_id) && item.claim_id !== this.claim,
      clause_title: (id) => this.titles.get(id) ?? id,
      select: (on) => this.select([item], on),
      focus: () => (this.current = place),
      open: () => (this.opened = new Set(this.opened).add(item.item_id)),
      show_whole: () => (this.uncut = new Set(this.uncut).add(item.item_id)),
    };
  };
  private show(filter: Filter): void {
    this.filter = filter;
    this.current = 0;
    if (filter !== "mine" && !this.read_all) void this.read_more();
    void this.updateComplete.then(() => this.pile?.go(0));
  }

  // --- doing ----------------------------------------------------------------------------------------------------

  commands(): Command[] {
    const m = texts, claimed = Boolean(this.claim) && !this.ended, form = this.form, at = this.list[this.current];
    const decide = (outcome: Outcome) => () => void this.decide((it) => it.begin(outcome));
    const can = claimed && this.desk.decides && this.targets.length > 0;
    return [
      { keys: ["j", "ArrowDown"], name: m.key_down, does: () => this.move(1) },
      { keys: ["k", "ArrowUp"], name: m.key_up, does: () => this.move(-1) },
      { keys: ["x"], name: m.key_select, does: () => at && this.select([at], !this.selected.has(at.item_id)), off: !claimed },
      { keys: ["J", "Shift+ArrowDown"], name: m.key_extend_down, does: () => this.move(1, true), off: !claimed },
      { keys: ["K", "Shift+ArrowUp"], name: m.key_extend_up, does: () => this.move(-1, true), off: !claimed },
      { keys: ["s"], name: m.key_alike, does: () => this.select_alike(), off: !claimed },
      { keys: ["f"], name: m.key_author, does: () => this.select_author(), off: !claimed },
      { keys: ["A"], name: m.key_all, does: () => this.select(this.mine), off: !claimed },
      { keys: ["z"], name: m.key_none, does: () => this.select([...this.items], false), off: !this.selected.size },
      { keys: ["o"], name: m.key_open, does: () => at && (this.opened = new Set(this.opened).add(at.item_id)), off: !at || !this.covered(at) },
      { keys: ["w"], name: m.key_whole, does: () => at && (this.uncut = new Set(this.uncut).add(at.item_id)), off: !at },
      { keys: ["d"], name: m.key_violation, does: decide("violation"), off: !can },
      { keys: ["n"], name: m.key_no_violation, does: decide("no_violation"), off: !can },
      { keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"], name: m.key_clause, does: () => undefined, off: !can },
      { keys: ["Ctrl+Enter"], name: m.key_next, does: () => void form?.next(), off: !can },
      { keys: ["Escape"], name: m.key_back, does: () => void this.step_back() },
      { keys: ["u"], name: m.key_undo, does: () => this.ask("undo"), off: !this.to_undo },
      { keys: ["e"], name: m.key_escalate, does: () => this.ask("escalate"), off: !this.desk.reviews },
      { keys: ["m"], name: m.key_note, does: () => this.ask("note"), off: !this.desk.reviews },
      { keys: ["r"], name: m.key_message, does: () => this.ask("message"), off: !this.speaks },
      { keys: ["i"], name: m.key_question, does: () => this.ask("question"), off: !this.speaks || Boolean(this.whole?.clock_stands) },
      { keys: ["h"], name: m.key_handover, does: () => this.ask("handover"), off: !this.desk.reviews || this.whole?.state !== "open" },
      { keys: ["v"], name: m.key_view, does: () => this.show(this.filter === "mine" ? "all" : this.claim ? "mine" : "all"), off: !this.claim },
      ...(this.second?.commands() ?? []),
      { keys: ["b"], name: m.key_give_back, does: () => void this.give_back(), off: !claimed },
      { keys: ["c"], name: m.key_claim_here, does: () => void this.take_next(), off: claimed || !this.desk.reviews || !this.whole },
    ];
  }
  /** The digits, which carry which clause they mean. */
  digit(n: number): boolean {
    if (!this.claim || this.ended || !this.desk.decides || !this.targets.length || n > this.clauses.length) return false;
    void this.decide((form) => form.choose(n - 1));
    return true;
  }
  private async decide(begin: (form: HeedDecide) => Promise<void>): Promise<void> {
    if (await this.form?.back()) {
      this.requestUpdate();
      await this.updateComplete;
    }
    const form = this.form;
    if (form) await begin(form);
  }

  private async step_back(): Promise<void> {
    if (await this.form?.back()) return;
    await this.pile?.go(this.current);
  }

  private decided(event: CustomEvent<{ act: Act; items: Item[]; closed: boolean }>): void {
    const { act, items, closed } = event.detail;
    const gone = new Set(items.map((item) => item.item_id));
    this.shift.did(items.length);
    if (!act.proposal) this.acts = [...this.acts, act];
    this.selected = new Set();
    this.anchor = -1;
    const before = this.list.slice(0, this.current).filter((item) => !gone.has(item.item_id)).length;
    const clause_title = this.titles.get(act.clause) ?? "";
    const at = new Date().toISOString();
    this.items = this.items.map((item) => {
      const place = items.findIndex((one) => one.item_id === item.item_id);
      if (place < 0) return item;
      if (act.proposal) return { ...item, claim_id: undefined, proposal_id: act.proposal } as Item;
      return {
        ...item, state: "decided", claim_id: undefined,
        decision: { decision_id: act.decisions[place] ?? "", outcome: act.outcome, at, clause: act.clause, clause_title, ground: "terms", by_machine: false, reversed: false },
      } as Item;
    });
    const left = this.mine.length;
    if (act.proposal) void this.second?.read();
    this.said = act.proposal ? texts.proposed_done : left ? fill(texts.decided_left, { n: number(items.length), left: number(left) }) : closed ? texts.decided_closed : texts.decided_all;
    if (!left) {
      this.claim = "";
      this.filter = "all";
      this.current = 0;
      this.dispatchEvent(new CustomEvent("done", { bubbles: true, composed: true }));
    } else {
      this.current = this.filter === "mine" ? Math.min(before, this.list.length - 1) : this.current;
    }
    void this.updateComplete.then(() => (left ? this.pile?.go(this.current) : this.renderRoot.querySelector<HTMLElement>("#next")?.focus()));
  }

  private async doing(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.fault = "";
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof Problem && error.status === 404 && this.claim) await this.heartbeat();
      this.fault = this.fault || words_for(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** What is left of the claim goes back to the queue; nothing that was decided is touched. */
  async give_back(): Promise<boolean> {
    if (!this.claim || this.ended) {
      location.hash = "#/queue";
      return true;
    }
    return this.doing(async () => {
      try {
        await deleteClaimsId(this.desk.http, this.claim);
      } catch (error) {
        if (!(error instanceof Problem && error.status === 404)) throw error;
      }
      this.claim = "";
      location.hash = "#/queue";
    });
  }
  /** More of this case, or else whatever comes next in its queue. */
  private async take_next(): Promise<void> {
    await this.doing(async () => {
      const { queue, claimable } = this.whole!;
      const next = () => claim_next(this.desk.http, queue, this.shift);
      const here = () => postQueuesNameClaims(this.desk.http, queue, { case_id: this.case }, { key: random_key() });
      const claim = await (claimable ? here() : next()).catch((error) => {
        if (claimable && error instanceof Problem && error.status === 409) return next(); // a colleague took the rest of it
        throw error;
      });
      if (claim) location.hash = `#/case/${claim.case_id}/${claim.claim_id}`;
      else this.said = nothing_for(this.shift);
    });
  }

  private ask(what: Asking): void {
    void this.dialog?.ask(what);
  }
  private answered(event: CustomEvent<Answered>): void {
    this.said = event.detail.said;
    if (event.detail.what !== "escalate") return;
    this.ended = Boolean(this.claim);
    this.claim = "";
    location.hash = "#/queue";
  }
  /** What would be taken back: the act that the post at hand belongs to, or its decision, else the last act here. */
  private get to_undo(): Act | undefined {
    const at = this.list[this.current]?.decision, last = this.acts.at(-1);
    if (!at || at.reversed || !this.desk.decides) return last;
    return this.acts.find((act) => act.decisions.includes(at.decision_id)) ?? { case_id: this.case, decisions: [at.decision_id], outcome: at.outcome as Outcome, clause: at.clause ?? "" };
  }
  private undone(event: CustomEvent<{ act: Act; decision_id: string; said: string }>): void {
    const { act, decision_id, said } = event.detail;
    this.said = said;
    this.items = this.items.map((item) => (item.decision?.decision_id === decision_id ? { ...item, decision: { ...item.decision, reversed: true } } : item));
    if (!act.decisions.length) this.acts = this.acts.filter((one) => one !== act);
  }

  // --- what is seen ---------------------------------------------------------------------------------------------

  override render(): TemplateResult {
    const m = texts, whole = this.whole;
    const fault = html`<div class=${this.fault ? "faults" : ""} role="alert">
      ${this.fault ? html`<p>${this.fault}</p>${this.ended ? html`<a class="button" href="#/queue">${m.to_queue}</a>` : whole ? nothing : html`<button type="button" @click=${() => this.begin()}>${m.again}</button>`}` : nothing}
    </div>`;
    if (!whole) return html`<div class="page"><h1 tabindex="-1">${m.case}</h1>${fault}${this.fault ? nothing : html`<p role="status">${m.loading}</p>`}</div>`;
    return html`<div class="page">
      ${this.head(whole)} ${fault}
      <p class="said small" role="status">${this.said}</p>
      <div class="columns">
        <section class="left" aria-label=${m.posts}>
          ${this.toolbar(whole)}
          <div class="pile">
            <heed-pile
              theme=${this.theme} .items=${this.list} .current=${this.current} .selected=${this.selected} .state_of=${this.row} .total=${this.total(whole)} .shown=${this.shown}
              @more=${() => void this.read_more()} @window=${this.saw}></heed-pile>
          </div>
        </section>
        <aside class="right" aria-label=${m.decide}>${this.side(whole)}</aside>
      </div>
      <heed-case-dialog
        theme=${this.theme} .desk=${this.desk} .case=${this.case} .whole=${whole} .clauses=${this.clauses} .act=${this.to_undo}
        @answered=${this.answered} @undone=${this.undone} @absent=${() => void this.heartbeat()} @closed=${() => void this.updateComplete.then(() => this.pile?.go(this.current))}></heed-case-dialog>
    </div>`;
  }

  private total(whole: WholeCase): number {
    return this.filter === "all" && !this.read_all ? Math.max(whole.items, this.list.length) : this.list.length;
  }

  private head(whole: WholeCase): TemplateResult {
    const m = texts, near = haste(whole.deadline, this.now), target = target_of(this.items);
    const avoided = this.claim && this.items.some((item) => item.category && this.shift.choices.avoid.includes(item.category));
    return html`<div class="row apart top">
        <div>
          <h1 tabindex="-1">${target ? html`${m.aimed_at} <bdi>${target}</bdi>` : fill(m.case_of, { kind: word("case", whole.pile ? "pile" : whole.kind) })}</h1>
          <p class="row small">
            <span class="badge ${whole.lane}">${word("lane", whole.lane)}</span>
            <span>${word("state", whole.state)}</span>
            ${target ? html`<span>${word("case", whole.pile ? "pile" : whole.kind)}</span>` : nothing}
            ${whole.deadline && whole.state === "open" ? html`<span class=${near}>${fill(near === "late" ? m.late : m.decide_by, { when: from_now(whole.deadline, this.now), time: moment(whole.deadline) })}</span>` : nothing}
            <span>${fill(m.items_known, { all: number(whole.items), open: number(whole.items_open) })}</span>
            <span>${fill(m.reports_n, { n: number(whole.reports) })}</span>
            ${whole.relief?.length ? html`<span>${m.relief}</span>` : nothing}
            ${whole.earlier_case ? html`<a href="#/case/${whole.earlier_case}">${m.earlier_case}</a>` : nothing}
          </p>
        </div>
        <div class="row">
          ${this.claim && !this.ended ? html`<button type="button" @click=${() => this.give_back()}>${m.give_back}<kbd>b</kbd></button>` : nothing}
          ${!this.claim && whole.claimable && this.desk.reviews ? html`<button type="button" class="main" @click=${() => this.take_next()}>${m.claim_case}<kbd>c</kbd></button>` : nothing}
          ${this.desk.reviews ? this.buttons([["escalate", m.escalate, "e"], ["note", m.add_note, "m"]]) : nothing}
          ${this.speaks ? this.buttons([["message", m.message, "r"], ...(whole.clock_stands ? [] : ([["question", m.question, "i"]] as Button[]))]) : nothing}
          ${this.desk.reviews && whole.state === "open" ? this.buttons([["handover", m.handover, "h"]]) : nothing}
          ${this.to_undo ? html`<button type="button" @click=${() => this.ask("undo")}>${m.undo}<kbd>u</kbd></button>` : nothing}
        </div>
      </div>
      ${whole.clock_stands ? this.standing(whole.clock_stands) : nothing}
      ${this.colleagues.length ? html`<p class="small row" id="colleagues">${m.colleagues_here} ${this.colleagues.map((one) => html`<span class="badge">${fill(m.colleague_has, { name: one.alias, n: number(one.items_left) })}</span>`)}</p>` : nothing}
      ${avoided ? html`<p class="note">${m.avoided_here} <button type="button" class="plain" @click=${() => this.give_back()}>${m.give_back}</button></p>` : nothing}`;
  }

  private buttons(list: Button[]): TemplateResult {
    return html`${list.map(([what, name, key]) => html`<button type="button" @click=${() => this.ask(what)}>${name}<kbd>${key}</kbd></button>`)}`;
  }
  /** There is somebody here to write to. */
  private get speaks(): boolean {
    return this.desk.reviews && Boolean(this.whole?.parties?.some((one) => !one.erased));
  }

  private standing(asked: NonNullable<WholeCase["clock_stands"]>): TemplateResult {
    return html`<p class="note">${fill(texts.clock_stands, { party: asked.party, time: moment(asked.until) })}
      ${this.desk.reviews ? html`<button type="button" class="plain" @click=${() => this.take_question_back()}>${texts.take_question_back}</button>` : nothing}</p>`;
  }
  private async take_question_back(): Promise<void> {
    await this.doing(async () => {
      await deleteCasesIdQuestion(this.desk.http, this.case);
      this.whole = (await getCasesId(this.desk.http, this.case)) as WholeCase;
      this.said = texts.question_back;
    });
  }

  private toolbar(whole: WholeCase): TemplateResult {
    const m = texts, mine = this.mine.length;
    const pick = (filter: Filter, name: string) => html`<button type="button" class="pick" aria-pressed=${this.filter === filter} @click=${() => this.show(filter)}>${name}</button>`;
    return html`<div class="row tools">
      ${this.claim ? pick("mine", fill(m.show_mine, { n: number(mine) })) : nothing} ${pick("all", fill(m.show_all, { n: number(whole.items) }))} ${pick("open", m.show_open)}
      ${this.claim && mine
        ? html`<button type="button" class="plain" @click=${() => this.select_alike()}>${m.select_alike}<kbd>s</kbd></button>
            <button type="button" class="plain" @click=${() => this.select(this.mine)}>${m.select_all}<kbd>⇧ A</kbd></button>`
        : nothing}
      ${this.selected.size ? html`<button type="button" class="plain" @click=${() => this.select([...this.items], false)}>${fill(m.select_none, { n: number(this.selected.size) })}<kbd>z</kbd></button>` : nothing}
    </div>`;
  }

  private side(whole: WholeCase): TemplateResult {
    const m = texts, words = reporters_words(this.events);
    return html`<heed-second theme=${this.theme} .desk=${this.desk} .case=${this.case} @known=${() => this.requestUpdate()}></heed-second>
      ${this.claim && this.desk.decides
        ? html`<heed-decide theme=${this.theme} .desk=${this.desk} .items=${this.targets} .clauses=${this.clauses} .case=${this.case} .claim=${this.claim} @decided=${this.decided}
            @shown=${() => this.renderRoot.querySelector(".right")?.scrollTo(0, 0)}></heed-decide>`
        : html`<div>
            <h2>${this.acts.length ? m.done_here : m.reading_only}</h2>
            <p>${this.acts.length ? m.done_here_text : whole.claimable ? m.claim_to_decide : m.nothing_free}</p>
            <div class="buttons">
              ${this.desk.reviews ? html`<button type="button" id="next" class="main" @click=${() => this.take_next()}>${whole.claimable ? m.claim_case : m.claim_next}<kbd>c</kbd></button>` : nothing}
              <a class="button" href="#/queue">${m.to_queue}</a>
            </div>
          </div>`}
      ${words.length
        ? html`<details open><summary>${m.reporters_words}</summary>${words.map((one) => html`<p class="small">${moment(one.at)}${one.party ? ` · ${fill(one.as ? m.said_to : m.said_by, { n: one.party, as: one.as })}` : nothing}${one.fears ? html` · <strong>${m.fears}</strong>` : nothing}</p>${one.text ? html`<div class="theirs" dir="auto">${plain(one.text, Infinity)}</div>` : nothing}`)}</details>`
        : nothing}
      <heed-case-pieces theme=${this.theme} .desk=${this.desk} .shift=${this.shift} .case=${this.case}></heed-case-pieces>
      <heed-case-people theme=${this.theme} .desk=${this.desk} .case=${this.case}></heed-case-people>
      <details><summary>${m.history}</summary>${history(this.events, this.desk.staff?.id ?? "")}</details>`;
  }
}
