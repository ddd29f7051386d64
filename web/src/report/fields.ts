// One question of the flow as native controls: browsers and screen readers know those best.
import type { FlowField, FlowOption } from "heed-api";
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { fill } from "../shared/words.js";
import { fits, type Draft, type Evidence, type Situation } from "./draft.js";
import type { Pile } from "./element.js";

export interface Asked {
  field: FlowField;
  draft: Draft;
  situation: Situation;
  t: Record<string, string>;
  pile: Pile | undefined;
  /** The heading of the step says it already: the label is for screen readers. */
  quiet: boolean;
  faulty: boolean;
  change: (part: Partial<Draft>) => void;
}
type View = TemplateResult | typeof nothing;

const of = (event: Event): string => (event.target as HTMLInputElement).value;

export function field_view(a: Asked): View {
  switch (a.field.kind) {
    case "choose_one":
    case "yes_no":
      return choices(a, "radio");
    case "choose_many":
      return choices(a, "checkbox");
    case "long_text":
      return text(a, 4);
    case "links":
      return text(a, 4);
    case "moment":
      return moment(a);
    case "evidence":
      return evidence(a);
    case "legal_claim":
      return claim(a);
    case "contact":
      return contact(a);
    default:
      return nothing; // a kind that this version does not know is not asked
  }
}

const hint = (a: Asked): View => (a.field.text ? html`<span class="hint" id="${a.field.id}-hint">${a.field.text}</span>` : nothing);
const described = (a: Asked): string | typeof nothing => [a.field.text ? `${a.field.id}-hint` : "", a.faulty ? "fault" : ""].filter(Boolean).join(" ") || nothing;

function group(a: Asked, content: View | View[]): TemplateResult {
  return html`<fieldset data-field=${a.field.id} aria-describedby=${described(a)}>
    <legend class=${a.quiet ? "aside" : ""}>${a.field.label}</legend>
    ${hint(a)}${content}
  </fieldset>`;
}

function choices(a: Asked, type: "radio" | "checkbox"): TemplateResult {
  const id = a.field.id as "symptoms" | "about";
  const value = a.draft[id] as string | string[];
  const chosen = (o: FlowOption) => (Array.isArray(value) ? value.includes(o.id) : value === o.id);
  const choose = (o: FlowOption, on: boolean) => {
    a.change({ [id]: Array.isArray(value) ? (on ? [...value, o.id] : value.filter((v) => v !== o.id)) : o.id });
  };
  const options = (a.field.options ?? []).filter((o) => fits(o.needs, a.draft, a.situation));
  return group(
    a,
    options.map(
      (o) => html`<label class="option"
        ><input
          type=${type}
          name=${id}
          value=${o.id}
          .checked=${live(chosen(o))}
          aria-invalid=${a.faulty ? "true" : nothing}
          aria-describedby=${o.text ? `${id}-${o.id}` : nothing}
          @change=${(e: Event) => choose(o, (e.target as HTMLInputElement).checked)} /><span
          >${o.title}${o.text ? html`<span class="hint" id="${id}-${o.id}" aria-hidden="true">${o.text}</span>` : nothing}</span
        ></label
      >`,
    ),
  );
}

function text(a: Asked, rows: number): TemplateResult {
  const id = a.field.id as "comment" | "links";
  return html`<div data-field=${id}>
    <label class="label" for=${id}>${a.field.label}</label>${hint(a)}
    <textarea id=${id} rows=${rows} maxlength="20000" dir="auto" aria-invalid=${a.faulty ? "true" : nothing} aria-describedby=${described(a)} .value=${live(a.draft[id])} @input=${(e: Event) => a.change({ [id]: of(e) })}></textarea>
  </div>`;
}

function moment(a: Asked): TemplateResult {
  const ways = ["hour", "day", "week", "moment"];
  return html`${group(
    a,
    ways.map(
      (way) => html`<label class="option"
        ><input type="radio" name="since" value=${way} .checked=${live(a.draft.since === way)} aria-invalid=${a.faulty ? "true" : nothing} @change=${() => a.change({ since: way })} /><span
          >${a.t[`since_${way}`]}</span
        ></label
      >`,
    ),
  )}
  ${a.draft.since === "moment"
    ? html`<label class="label" for="moment">${a.t["moment"]}</label>
        <input id="moment" type="datetime-local" .value=${live(a.draft.moment)} @change=${(e: Event) => a.change({ moment: of(e) })} />`
    : nothing}
  <div class="note" role="status" ?hidden=${!a.pile}>${a.pile ? counted(a.pile, a.t) : nothing}</div>
  ${a.pile?.sample.length ? sample(a, a.pile) : nothing}`;
}

function counted(pile: Pile, t: Record<string, string>): string {
  if (pile.state === "counting") return t["pile_counting"] ?? "";
  if (pile.state === "unknown") return t["pile_unknown"] ?? "";
  const name = pile.posts === 0 ? "pile_none" : pile.posts === 1 ? "pile_one" : "pile_would_take";
  return fill(t[name], { posts: pile.posts, authors: pile.authors });
}

/** What others wrote is shown only when she opens it, as text and nothing else. */
function sample(a: Asked, pile: Pile): TemplateResult {
  const leave = (id: string, on: boolean) => a.change({ except: on ? [...a.draft.except, id] : a.draft.except.filter((e) => e !== id) });
  return html`<details>
    <summary>${a.t["pile_show"]}</summary>
    ${pile.sample.map(
      (post, i) => html`<div>
        <blockquote class="theirs" id="sample-${i}" dir="auto" tabindex="0">${post.text}</blockquote>
        <label class="option"
          ><input type="checkbox" aria-describedby="sample-${i}" .checked=${live(a.draft.except.includes(post.post_id))} @change=${(e: Event) => leave(post.post_id, (e.target as HTMLInputElement).checked)} /><span
            >${a.t["pile_keep"]}</span
          ></label
        >
      </div>`,
    )}
  </details>`;
}

function evidence(a: Asked): TemplateResult {
  const set = (i: number, part: Partial<Evidence>) => a.change({ evidence: a.draft.evidence.map((e, n) => (n === i ? { ...e, ...part } : e)) });
  return html`<details data-field="evidence">
    <summary>${a.field.label}</summary>
    <div>
      <p class="hint">${a.field.text}</p>
      ${a.draft.evidence.map(
        (e, i) => html`<label class="label" for="evidence-text-${i}">${a.t["evidence_text"]}</label>
          <textarea id="evidence-text-${i}" rows="3" maxlength="20000" dir="auto" .value=${live(e.text)} @input=${(ev: Event) => set(i, { text: of(ev) })}></textarea>
          <label class="label" for="evidence-link-${i}">${a.t["evidence_link"]}</label>
          <input id="evidence-link-${i}" type="url" inputmode="url" maxlength="2048" .value=${live(e.link)} @input=${(ev: Event) => set(i, { link: of(ev) })} />`,
      )}
      ${a.draft.evidence.length < 20
        ? html`<button type="button" @click=${() => a.change({ evidence: [...a.draft.evidence, { text: "", link: "" }] })}>${a.t["evidence_add"]}</button>`
        : nothing}
    </div>
  </details>`;
}

function claim(a: Asked): TemplateResult {
  const toggled = (e: Event) => (e.target as HTMLDetailsElement).open !== a.draft.claims && a.change({ claims: (e.target as HTMLDetailsElement).open });
  return html`<details data-field="legal_claim" ?open=${a.draft.claims} @toggle=${toggled}>
    <summary>${a.field.label}</summary>
    <div>
      <p class="hint">${a.field.text}</p>
      <label class="label" for="explanation">${a.t["claim_explanation"]}</label>
      <textarea id="explanation" rows="3" maxlength="20000" dir="auto" aria-invalid=${a.faulty ? "true" : nothing} aria-describedby=${a.faulty ? "fault" : nothing} .value=${live(a.draft.explanation)} @input=${(e: Event) => a.change({ explanation: of(e) })}></textarea>
      <label class="label" for="law">${a.t["claim_law"]}</label>
      <input id="law" maxlength="400" dir="auto" .value=${live(a.draft.law)} @input=${(e: Event) => a.change({ law: of(e) })} />
      <label class="option"
        ><input type="checkbox" .checked=${live(a.draft.good_faith)} @change=${(e: Event) => a.change({ good_faith: (e.target as HTMLInputElement).checked })} /><span>${a.t["claim_good_faith"]}</span></label
      >
    </div>
  </details>`;
}

function contact(a: Asked): TemplateResult {
  return html`<fieldset data-field="reporter">
    <legend>${a.field.label}</legend>
    ${hint(a)}
    <label class="label" for="mail">${a.t["contact_mail"]}</label>
    <input id="mail" type="email" autocomplete="email" maxlength="250" aria-required="true" aria-invalid=${a.faulty ? "true" : nothing} aria-describedby=${described(a)} .value=${live(a.draft.mail)} @input=${(e: Event) => a.change({ mail: of(e) })} />
    <label class="label" for="name">${a.t["contact_name"]} (${a.t["optional"]})</label>
    <input id="name" autocomplete="name" maxlength="190" dir="auto" .value=${live(a.draft.name)} @input=${(e: Event) => a.change({ name: of(e) })} />
  </fieldset>`;
}
