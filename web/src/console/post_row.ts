// One post in the list: its words first, then who spoke of it and why. Nothing of it is ever more than text.
import type { Item } from "heed-api";
import { html, nothing, type TemplateResult } from "lit";
import { fill } from "../shared/words.js";
import { post_of, type Post } from "./post.js";
import { pieces, type Mark } from "./spans.js";
import { moment, number, texts, word } from "./texts.js";

export interface RowState {
  current: boolean;
  selected: boolean;
  selectable: boolean;
  /** Its words are hidden until asked for. */
  behind: boolean;
  whole: boolean;
  /** Held by somebody else. */
  taken: boolean;
  clause_title: (id: string) => string;
  select: (on: boolean) => void;
  focus: () => void;
  open: () => void;
  show_whole: () => void;
}

const kShort = 1200;

type View = TemplateResult | typeof nothing;

function words_of(post: Post, state: RowState): View {
  const m = texts;
  const marks: Mark[] = post.proposal?.spans.length ? [...post.signals, ...post.proposal.spans] : post.signals;
  const longest = state.whole ? Infinity : kShort;
  const said = (i: number) => (post.signals[i] ? `${word("category", post.signals[i]!.category)} · ${post.signals[i]!.source}` : m.by_proposal);
  return html`<div class="text" dir="auto" tabindex=${state.whole && post.text.length > kShort ? "0" : nothing}>${pieces(post.text, marks, longest).map((piece) => {
      const text = piece.hidden ? html`<span class="unseen" title=${m.hidden_character}>${piece.hidden}</span>` : piece.text;
      return piece.marks.length ? html`<mark title=${piece.marks.map(said).join("; ")}>${text}</mark>` : text;
    })}${!state.whole && post.text.length > kShort ? "…" : nothing}</div>
    ${!state.whole && post.text.length > kShort
      ? html`<button type="button" class="plain small" @click=${state.show_whole}>${fill(m.show_whole, { n: number(post.text.length) })}</button>`
      : nothing}`;
}

function reasons_of(post: Post, state: RowState): View {
  const m = texts;
  if (!post.signals.length && !post.proposal) return nothing;
  return html`<ul class="why">
    ${post.signals.map(
      (signal) => html`<li>
        ${fill(m.signal_line, {
          category: word("category", signal.category) + (signal.group ? ` (${signal.group})` : ""),
          score: Math.round(signal.score * 100),
          source: signal.source,
          version: signal.version,
          clause: state.clause_title(signal.clause),
        })}
      </li>`,
    )}
    ${post.proposal ? html`<li><strong>${m.proposal}</strong> ${proposal_words(post, state)}</li>` : nothing}
  </ul>`;
}

export function proposal_words(post: Post, state: Pick<RowState, "clause_title">): string {
  const m = texts, p = post.proposal!;
  const what = p.outcome === "violation" ? fill(m.proposal_violation, { clause: p.clause_title || state.clause_title(p.clause ?? ""), actions: p.actions.map((one) => word("action", one)).join(", ") || m.no_action }) : m.proposal_none;
  const why = p.like_item ? fill(m.proposal_like, { likeness: Math.round((p.likeness ?? 1) * 100) }) : p.source ? fill(m.proposal_by, { source: p.source }) : "";
  return `${what} ${why}`.trim();
}

function more_of(post: Post): View {
  const m = texts;
  return html`${post.thread.length
    ? html`<details>
        <summary>${fill(m.thread, { n: post.thread.length })}</summary>
        ${post.thread.map((above) => html`<p class="small"><bdi>${above.author}</bdi></p><div class="theirs" dir="auto">${plain(above.text)}</div>`)}
      </details>`
    : nothing}
  ${post.versions.length > 1
    ? html`<details>
        <summary>${fill(m.versions, { n: post.versions.length })}</summary>
        ${post.versions.map((version) => html`<p class="small">${word("change", version.change)}, ${moment(version.at)}</p>${version.text ? html`<div class="theirs" dir="auto">${plain(version.text)}</div>` : nothing}`)}
      </details>`
    : nothing}
  ${post.media.length ? html`<p class="small">${fill(m.media, { n: post.media.length, types: post.media.map((one) => one.type).join(", ") })}</p>` : nothing}`;
}

/** The same care as for a post's own words, without marks. */
export const plain = (text: string, longest = 4000) => pieces(text, [], longest).map((piece) => (piece.hidden ? html`<span class="unseen" title=${texts.hidden_character}>${piece.hidden}</span>` : piece.text));

export function decision_words(item: Item): string {
  const m = texts, d = item.decision;
  if (!d) return "";
  const what = d.reversed ? m.was_reversed : d.outcome === "violation" ? fill(m.was_violation, { clause: d.clause_title ?? d.clause ?? "" }) : m.was_no_violation;
  return `${what} ${d.by_machine ? m.by_machine : m.by_person} ${moment(d.at)}`;
}

/** A post by itself, with nothing of what was decided on it. */
export function post_alone(item: Item, clause_title: (id: string) => string): TemplateResult {
  const post = post_of(item);
  const state = { whole: true, clause_title } as RowState;
  return html`<div class="card">${post.erased ? html`<p class="quiet">${texts.erased}</p>` : html`${post.text ? words_of(post, state) : html`<p class="quiet">${post.url ? html`<bdi>${post.url}</bdi>` : texts.no_words}</p>`} ${more_of(post)}`} ${reasons_of(post, state)}</div>`;
}

export function post_row(item: Item, place: number, total: number, state: RowState): TemplateResult {
  const m = texts, post = post_of(item);
  const classes = `${state.current ? "current" : ""} ${state.selected ? "selected" : ""}`;
  const label = fill(m.post_n, { n: number(place + 1) });
  return html`<article
    class=${classes} data-id=${item.item_id} tabindex="-1" aria-posinset=${place + 1} aria-setsize=${total} aria-label=${label}
    @focusin=${state.focus}>
    <input type="checkbox" tabindex="-1" aria-label=${fill(m.select_n, { n: number(place + 1) })} .checked=${state.selected} ?disabled=${!state.selectable}
      @change=${(event: Event) => state.select((event.target as HTMLInputElement).checked)} />
    <div>
      <div class="head">
        <strong>${number(place + 1)}</strong>
        <span>${item.author ? fill(m.author_n, { n: item.author }) : m.author_unknown} ${post.author ? html`<bdi>${post.author}</bdi>` : nothing}</span>
        <span>${moment(item.created_at)}</span>
        ${item.lane === "life" || item.lane === "fear" ? html`<span class="badge ${item.lane}">${word("lane", item.lane)}</span>` : nothing}
        ${item.category ? html`<span>${word("category", item.category)}${item.severity ? ` · ${item.severity}` : ""}</span>` : nothing}
        <span>${word("provenance", item.provenance ?? "")}</span>
        ${item.kind !== "post" ? html`<span>${word("kind", item.kind)}</span>` : nothing}
        ${item.edited ? html`<span>${m.edited}</span>` : nothing} ${item.deleted ? html`<span>${m.deleted}</span>` : nothing}
        ${item.proposal_id ? html`<span class="badge">${m.waits_for_second}</span>` : nothing}
        ${state.taken ? html`<span class="badge">${m.taken}</span>` : nothing}
        ${item.decision ? html`<span class="badge">${decision_words(item)}</span>` : nothing}
      </div>
      ${post.erased
        ? html`<p class="quiet">${m.erased}</p>`
        : state.behind
          ? html`<p class="small">${describe(item, post)} <button type="button" class="plain" @click=${state.open}>${m.show_words}</button></p>`
          : html`${post.text ? words_of(post, state) : html`<p class="quiet">${post.url ? html`<bdi>${post.url}</bdi>` : m.no_words}</p>`} ${more_of(post)}`}
      ${reasons_of(post, state)}
    </div>
  </article>`;
}

/** What stands instead of words that were not asked for. */
function describe(item: Item, post: Post): string {
  const m = texts;
  const categories = [...new Set([item.category ?? "", ...post.signals.map((signal) => signal.category)])].filter(Boolean).map((one) => word("category", one));
  return fill(m.description, { n: number(post.text.length), categories: categories.join(", ") || m.no_category });
}
