// <heed-practice-page>: the first hour. Invented mild posts, a decision on each, and what colleagues would have said.
// It asks nothing of the server and tells it nothing: no case, no person and no figure knows of it.
import { LitElement, css, html, type TemplateResult } from "lit";
import { fill } from "../shared/words.js";
import { base } from "../shared/style.js";
import type { Command } from "./keys.js";
import { console_style } from "./style.js";
import { number, texts } from "./texts.js";

type Outcome = "violation" | "no_violation";
/** What holds for each; its words are practice_<n> and practice_<n>_why. */
const kAnswers: Outcome[] = ["violation", "no_violation", "violation", "no_violation", "no_violation", "violation", "no_violation", "violation"];

export class HeedPracticePage extends LitElement {
  static override properties = { at: { state: true }, said: { state: true }, right: { state: true } };
  static override styles = [
    base, console_style,
    css`
      :host {
        max-inline-size: 45rem;
        margin-inline: auto;
        padding: 1rem;
      }
    `,
  ];

  declare private at: number;
  /** What was decided on the post at hand; "" nothing yet. */
  declare private said: Outcome | "";
  declare private right: number;

  constructor() {
    super();
    this.at = this.right = 0;
    this.said = "";
  }
  private get over(): boolean {
    return this.at >= kAnswers.length;
  }

  commands(): Command[] {
    const m = texts, open = !this.over && !this.said;
    return [
      { keys: ["d"], name: m.key_violation, does: () => void this.decide("violation"), off: !open },
      { keys: ["n"], name: m.key_no_violation, does: () => void this.decide("no_violation"), off: !open },
      { keys: ["c"], name: m.practice_next, does: () => void this.next(), off: !this.said },
    ];
  }
  private async decide(outcome: Outcome): Promise<void> {
    this.said = outcome;
    if (outcome === kAnswers[this.at]) this.right++;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("#next")?.focus();
  }
  private async next(): Promise<void> {
    this.at++;
    this.said = "";
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("h1")?.focus();
  }
  private again(): void {
    this.at = this.right = 0;
    this.said = "";
  }

  override render(): TemplateResult {
    const m = texts as Record<string, string>, n = this.at + 1;
    if (this.over) {
      return html`<h1 tabindex="-1">${m["practice_done"]}</h1>
        <p>${fill(m["practice_score"], { right: number(this.right), n: number(kAnswers.length) })}</p>
        <div class="buttons"><button type="button" class="main" @click=${() => this.again()}>${m["practice_again"]}</button><a class="button" href="#/queue">${m["to_queue"]}</a></div>`;
    }
    const answer = kAnswers[this.at]!;
    return html`<h1 tabindex="-1">${fill(m["practice_n"], { n, all: kAnswers.length })}</h1>
      <p class="small quiet">${m["practice_text"]}</p>
      <div class="card"><div dir="auto">${m[`practice_${n}`]}</div></div>
      <div role="status">${this.said
        ? html`<p><strong>${this.said === answer ? m["practice_alike"] : m["practice_other"]}</strong> ${m[`outcome_${answer}`]}.</p><p>${m[`practice_${n}_why`]}</p>`
        : ""}</div>
      <div class="buttons">${this.said
        ? html`<button type="button" id="next" class="main" @click=${() => this.next()}>${m["practice_next"]}<kbd>c</kbd></button>`
        : html`<button type="button" @click=${() => this.decide("violation")}>${m["outcome_violation"]}<kbd>d</kbd></button>
            <button type="button" @click=${() => this.decide("no_violation")}>${m["outcome_no_violation"]}<kbd>n</kbd></button>`}</div>`;
  }
}
