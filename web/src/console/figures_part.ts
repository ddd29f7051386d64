// <heed-figures>: what came in, who settled it, how often people thought otherwise, by day as charts and tables; behind a
// day its clauses and, for leads, its decisions with their cases; how far rules were right; how much lies with whom.
import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { fill } from "../shared/words.js";
import { base } from "../shared/style.js";
import type { Series } from "./chart.js";
import { words_for, type Desk } from "./desk.js";
import { console_style } from "./style.js";
import { day_of, moment, number, span_of, texts, word } from "./texts.js";

type View = TemplateResult | typeof nothing;
/** A line of GET /v1/figures: numbers by the name of their column, null where nothing can be said. */
type Line = { from: string; to: string; key?: string } & Record<string, number | string | null>;
interface Decision {
  decision_id: string;
  case_id: string;
  at: string;
  outcome: string;
  clause?: string;
  by_machine: boolean;
  reversed: boolean;
}
interface Load {
  alias: string;
  cases_held: number;
  posts_held: number;
  decided: number;
}
interface Drill {
  from: string;
  to: string;
  clause: string;
  clauses: Line[];
  decisions: Decision[];
  next?: string;
}

const kSpans = [14, 28, 91] as const;
const kDay = 86_400_000;
const kRulesShown = 30;
const count = (line: Line | undefined, name: string): number => Number(line?.[name] ?? 0);
const percent = (share: unknown): string => (typeof share === "number" ? `${number(Math.round(share * 1000) / 10)} %` : "–");

export class HeedFigures extends LitElement {
  static override properties = {
    days: { state: true }, reports: { state: true }, posts: { state: true }, total: { state: true }, judged: { state: true }, rules: { state: true }, loads: { state: true }, loads_to: { state: true }, drill: { state: true }, fault: { state: true },
  };
  static override styles = [
    base, console_style,
    css`
      section {
        overflow-x: auto;
      }
      figure {
        margin: 0 0 1rem;
      }
      figcaption {
        font-weight: 600;
      }
      .pair {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr));
        gap: 0 1.5rem;
      }
      td {
        text-align: end;
      }
      th {
        overflow-wrap: normal;
      }
      tbody th {
        white-space: nowrap;
      }
      td.words {
        text-align: start;
      }
      thead th:not(:first-child) {
        text-align: end;
      }
      .big {
        font-size: 1.25rem;
        font-weight: 700;
      }
      .tiles {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 2rem;
        margin: 0 0 1rem;
      }
      .tiles div {
        display: flex;
        flex-direction: column-reverse;
      }
      dd {
        margin: 0;
      }
    `,
  ];

  desk!: Desk;
  declare private days: number;
  declare private reports: Line[];
  declare private posts: Line[];
  declare private total?: Line;
  declare private judged?: Line;
  declare private rules: Line[];
  declare private loads: Load[];
  declare private loads_to: string | null;
  declare private drill?: Drill;
  declare private fault: string;
  private clock?: ReturnType<typeof setInterval>;
  private asked = 0;

  constructor() {
    super();
    this.days = 14;
    this.reports = [];
    this.posts = [];
    this.rules = [];
    this.loads = [];
    this.loads_to = null;
    this.fault = "";
  }
  override connectedCallback(): void {
    super.connectedCallback();
    void this.read();
    this.clock = setInterval(() => void this.read(), 10_000);
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.clock);
  }

  private get leads(): boolean {
    return this.desk.may("lead");
  }
  private query(unit: string, more: Record<string, string> = {}): Record<string, string> {
    const now = Date.now();
    return { unit, interval: this.days > 28 ? "week" : "day", from: new Date(now - (this.days - 1) * kDay).toISOString(), to: new Date(now + kDay).toISOString(), ...more };
  }
  private lines(query: Record<string, string>): Promise<Line[]> {
    return this.desk.http.call<{ items: Line[] }>("GET", "/v1/figures", { query }).then((page) => page.items);
  }
  private async read(): Promise<void> {
    const mine = ++this.asked;
    try {
      const { from, to } = this.query("posts") as { from: string; to: string };
      const [reports, posts, total, judged, rules, loads] = await Promise.all([
        this.lines(this.query("reports")), this.lines(this.query("posts")), this.lines(this.query("posts", { interval: "total" })), this.lines(this.query("reports", { interval: "total" })),
        this.lines(this.query("posts", { interval: "total", by: "rule" })),
        this.leads ? this.desk.http.call<{ items: Load[]; counted_back_to: string | null }>("GET", "/v1/workload", { query: { from, to } }) : { items: [], counted_back_to: null },
      ]);
      if (mine !== this.asked) return; // a later question was answered sooner, or another span is wanted
      this.reports = this.whole(reports);
      this.posts = this.whole(posts);
      this.total = total[0];
      this.judged = judged[0];
      this.rules = rules.filter((line) => line.key && line.key !== "people");
      this.loads = loads.items;
      this.loads_to = loads.counted_back_to;
      this.fault = "";
    } catch (error) {
      if (mine === this.asked) this.fault = words_for(error);
    }
  }
  /** Days on which nothing happened are not told; they are days all the same. */
  private whole(lines: Line[]): Line[] {
    if (this.days > 28) return lines;
    const known = new Map(lines.map((line) => [line.from.slice(0, 10), line]));
    const today = Math.floor(Date.now() / kDay) * kDay;
    return Array.from({ length: this.days }, (_, i) => {
      const at = today - (this.days - 1 - i) * kDay, from = new Date(at).toISOString();
      return known.get(from.slice(0, 10)) ?? { from, to: new Date(at + kDay).toISOString() };
    });
  }

  private async open(line: Line | undefined, clause = ""): Promise<void> {
    if (!line) return;
    const { from, to } = line;
    try {
      const [clauses, decisions] = await Promise.all([this.lines({ unit: "posts", by: "clause", interval: "total", from, to }), this.page_of({ from, to, clause })]);
      this.drill = { from, to, clause, clauses: clauses.filter((one) => count(one, "decided") > 0), ...decisions };
      this.fault = "";
      await this.updateComplete;
      this.renderRoot.querySelector<HTMLElement>("#drill")?.focus();
    } catch (error) {
      this.fault = words_for(error);
    }
  }
  private async page_of(asked: { from: string; to: string; clause: string; next?: string }): Promise<{ decisions: Decision[]; next?: string }> {
    if (!this.leads) return { decisions: [] };
    const query: Record<string, string> = { from: asked.from, to: asked.to, limit: "50", ...(asked.clause ? { clause: asked.clause } : {}), ...(asked.next ? { cursor: asked.next } : {}) };
    const page = await this.desk.http.call<{ items: Decision[]; next_cursor?: string }>("GET", "/v1/decisions", { query });
    return { decisions: page.items, ...(page.next_cursor ? { next: page.next_cursor } : {}) };
  }
  private async more(): Promise<void> {
    const drill = this.drill;
    if (!drill) return;
    try {
      const page = await this.page_of(drill);
      this.drill = { ...drill, decisions: [...drill.decisions, ...page.decisions], next: page.next };
    } catch (error) {
      this.fault = words_for(error);
    }
  }

  /** The same numbers, as the server writes them. */
  private async save(query: Record<string, string>, name: string): Promise<void> {
    try {
      const answer = await fetch(`/v1/figures?${new URLSearchParams(query)}`, { headers: { Accept: "text/csv" } });
      if (!answer.ok) throw new Error(String(answer.status));
      give(await answer.blob(), `${name}-${query["from"]!.slice(0, 10)}.csv`);
    } catch (error) {
      this.fault = words_for(error);
    }
  }
  private save_drill(drill: Drill): void {
    const rows = drill.decisions.map((one) => [one.at, one.case_id, one.decision_id, one.outcome, one.clause ?? "", one.by_machine ? "machine" : "people", one.reversed ? "reversed" : ""].map((cell) => `"${cell.replaceAll('"', '""')}"`).join(","));
    give(new Blob([["at,case,decision,outcome,clause,by,state", ...rows, ""].join("\r\n")], { type: "text/csv" }), `heed-decisions-${drill.from.slice(0, 10)}.csv`);
  }

  override render(): TemplateResult {
    const m = texts, nothing_yet = !this.posts.some((line) => count(line, "decided")) && !this.reports.some((line) => count(line, "received"));
    return html`<section aria-labelledby="figures">
        <div class="row apart"><h2 id="figures">${m.figures}</h2>
          <label class="row small">${m.span} <select id="span" @change=${(event: Event) => {
            this.days = Number((event.target as HTMLSelectElement).value);
            this.drill = undefined;
            void this.read();
          }}>${kSpans.map((days) => html`<option value=${days} ?selected=${days === this.days}>${fill(m.span_weeks, { n: days / 7 })}</option>`)}</select></label></div>
        <div class=${this.fault ? "faults" : ""} role="alert">${this.fault}</div>
        ${nothing_yet ? html`<p class="quiet">${m.no_figures}</p>` : this.charts()}
      </section>
      ${this.drill ? this.behind(this.drill) : nothing} ${this.rules.length ? this.rule_table() : nothing} ${this.leads ? this.load_table() : nothing}`;
  }

  private charts(): TemplateResult {
    const m = texts, reports = this.judged, posts = this.total;
    const tile = (name: string, value: string, of: number) => html`<div><dt class="small quiet">${name}${of ? ` (${number(of)})` : ""}</dt><dd class="big">${value}</dd></div>`;
    return html`<dl class="tiles">
        ${tile(m.tile_machine, percent(reports?.["machine_share"]), count(reports, "settled_by_machine") + count(reports, "settled_by_people"))}
        ${tile(m.tile_blind, percent(reports?.["blind_overturned_share"]), count(reports, "blind_checked"))}
        ${tile(m.tile_overturned, percent(posts?.["overturned_share"]), count(posts, "upheld") + count(posts, "overturned"))}
        ${tile(m.tile_median, typeof posts?.["median_seconds"] === "number" ? span_of(posts["median_seconds"] * 1000) : "–", 0)}
      </dl>
      <div class="pair">
        ${this.chart(m.chart_reports, this.reports, [[m.f_people, "settled_by_people"], [m.f_machine, "settled_by_machine"], [m.chart_open, ""]])}
        ${this.chart(m.chart_decisions, this.posts, [[m.f_violations, "violations"], [m.f_no_violations, "not"]])}
        ${this.chart(m.chart_reversals, this.posts, [[m.f_overturned, "overturned"], [m.f_corrected, "corrected"]])}
      </div>
      ${this.table()}`;
  }
  private chart(name: string, lines: Line[], parts: Array<[string, string]>): TemplateResult {
    const value = (line: Line, column: string): number =>
      column === "" ? Math.max(0, count(line, "received") - count(line, "settled_by_people") - count(line, "settled_by_machine"))
      : column === "not" ? Math.max(0, count(line, "decided") - count(line, "violations"))
      : count(line, column);
    const series: Series[] = parts.map(([title, column]) => ({ name: title, values: lines.map((line) => value(line, column)) }));
    const picked = lines.findIndex((line) => line.from === this.drill?.from);
    return html`<figure><figcaption>${name}</figcaption>
      <heed-chart theme=${this.getAttribute("theme") ?? nothing} .name=${name} .labels=${lines.map((line) => day_of(line.from))} .series=${series} .picked=${picked} @pick=${(event: CustomEvent<number>) => void this.open(lines[event.detail])}></heed-chart></figure>`;
  }
  private table(): TemplateResult {
    const m = texts, came = new Map(this.reports.map((line) => [line.from, line]));
    const rows = this.posts.filter((line) => count(line, "decided") || count(came.get(line.from), "received")).reverse();
    return html`<details open><summary>${m.as_table}</summary><div class="wide" tabindex="0" role="group" aria-label=${m.figures}><table class="small">
        <thead><tr>${[m.day, m.f_reports, m.f_decided, m.f_people, m.f_machine, m.f_violations, m.f_overturned, m.f_corrected, m.f_median, m.f_p90].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
        <tbody>${rows.map((line) => html`<tr>
          <th scope="row"><button type="button" class="plain" @click=${() => this.open(line)}>${line.from.slice(0, 10)}</button></th>
          <td>${number(count(came.get(line.from), "received"))}</td>
          ${["decided", "by_people", "by_machine", "violations"].map((name) => html`<td>${number(count(line, name))}</td>`)}
          <td>${number(count(line, "overturned"))}${typeof line["overturned_share"] === "number" ? ` (${percent(line["overturned_share"])})` : nothing}</td>
          <td>${number(count(line, "corrected"))}</td>
          ${["median_seconds", "p90_seconds"].map((name) => html`<td>${typeof line[name] === "number" ? span_of((line[name] as number) * 1000) : "–"}</td>`)}
        </tr>`)}</tbody></table></div>
        <button type="button" class="plain" @click=${() => this.save(this.query("posts"), "heed")}>${m.csv}</button>
        <button type="button" class="plain" @click=${() => this.save(this.query("reports"), "heed-reports")}>${m.csv_reports}</button></details>`;
  }

  private behind(drill: Drill): TemplateResult {
    const m = texts;
    return html`<section aria-labelledby="drill">
      <div class="row apart"><h2 id="drill" tabindex="-1">${fill(m.drill, { day: day_of(drill.from) })}</h2><button type="button" class="plain" @click=${() => (this.drill = undefined)}>${m.close}</button></div>
      ${drill.clauses.length
        ? html`<div class="wide" tabindex="0" role="group" aria-label=${m.clauses}><table class="small">
            <thead><tr>${[m.clause, m.f_decided, m.f_machine, m.f_violations, m.f_overturned].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
            <tbody>${drill.clauses.map((line) => html`<tr><th scope="row">${this.leads
                ? html`<button type="button" class="plain" aria-pressed=${drill.clause === line.key} @click=${() => this.open(drill as unknown as Line, drill.clause === line.key ? "" : (line.key ?? ""))}>${line.key || m.no_clause}</button>`
                : line.key || m.no_clause}</th>
              ${["decided", "by_machine", "violations", "overturned"].map((name) => html`<td>${number(count(line, name))}</td>`)}</tr>`)}</tbody></table></div>`
        : html`<p class="quiet">${m.no_figures}</p>`}
      ${this.leads ? this.decisions(drill) : nothing}
    </section>`;
  }
  private decisions(drill: Drill): View {
    const m = texts;
    return html`<h3>${m.drill_cases}</h3>
      ${drill.decisions.length
        ? html`<ul class="small">${drill.decisions.map((one) => html`<li><a href="#/case/${one.case_id}">${m.to_case}</a> ${moment(one.at)} · ${word("outcome", one.outcome)}${one.clause ? ` · ${one.clause}` : nothing} · ${one.by_machine ? m.f_machine : m.f_people}${one.reversed ? html` <span class="badge">${m.reversed}</span>` : nothing}</li>`)}</ul>
            <button type="button" class="plain" @click=${() => this.save_drill(drill)}>${m.csv_list}</button>`
        : html`<p class="quiet">${m.drill_none}</p>`}
      ${drill.next ? html`<button type="button" @click=${() => this.more()}>${m.more}</button>` : nothing}`;
  }

  private rule_table(): TemplateResult {
    const m = texts, rules = [...this.rules].sort((a, b) => count(b, "judged") - count(a, "judged") || count(b, "fired") - count(a, "fired")).slice(0, kRulesShown);
    return html`<section aria-labelledby="precision">
      <h2 id="precision">${m.rule_figures}</h2>
      <div class="wide" tabindex="0" role="group" aria-label=${m.rule_figures}><table class="small">
        <thead><tr>${[m.rule, m.fired, m.judged, m.precision, m.f_machine, m.f_overturned].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
        <tbody>${rules.map((line) => html`<tr><th scope="row"><a href="#/rules"><bdi>${line.key}</bdi></a></th><td>${number(count(line, "fired"))}</td><td>${number(count(line, "confirmed"))} / ${number(count(line, "judged"))}</td>
          <td>${percent(line["precision_share"])}</td><td>${number(count(line, "by_machine"))}</td><td>${number(count(line, "overturned"))}</td></tr>`)}</tbody></table></div>
      <button type="button" class="plain" @click=${() => this.save(this.query("posts", { interval: "total", by: "rule" }), "heed-rules")}>${m.csv_rules}</button>
    </section>`;
  }
  private load_table(): TemplateResult {
    const m = texts;
    return html`<section aria-labelledby="load">
      <h2 id="load">${m.load}</h2>
      <p class="small quiet">${m.load_text}${this.loads_to ? ` ${fill(m.load_back_to, { time: moment(this.loads_to) })}` : nothing}</p>
      <div class="wide" tabindex="0" role="group" aria-label=${m.load}><table class="small">
        <thead><tr>${[m.alias, m.load_cases, m.load_posts, m.f_decided].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
        <tbody>${this.loads.map((one) => html`<tr><th scope="row">${one.alias}</th><td>${number(one.cases_held)}</td><td>${number(one.posts_held)}</td><td>${number(one.decided)}</td></tr>`)}</tbody></table></div>
    </section>`;
  }
}

function give(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
