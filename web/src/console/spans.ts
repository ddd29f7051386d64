// A post's text in pieces: what a rule spoke of is marked, characters that steer the direction of writing are shown as
// what they are. Everything stays text.

export interface Mark {
  /** In bytes of the text's UTF-8. */
  start: number;
  end: number;
}
export interface Piece {
  text: string;
  /** Which marks cover it, by their place in the list. */
  marks: number[];
  /** The name of a character that cannot be seen: "U+202E". */
  hidden?: string;
}

const kHidden = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\u0000-\u0008\u000B-\u001F\u007F]/;
const kAllHidden = new RegExp(kHidden, "g");

/** Places in the string of places in its UTF-8, both ascending. */
function places(text: string, bytes: number[]): number[] {
  const out: number[] = [];
  let byte = 0, at = 0;
  for (const wanted of bytes) {
    while (byte < wanted && at < text.length) {
      const code = text.codePointAt(at)!;
      byte += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      at += code < 0x10000 ? 1 : 2;
    }
    out.push(at);
  }
  return out;
}

export function pieces(text: string, marks: Mark[], longest = Infinity): Piece[] {
  const good = marks.map((mark, i) => ({ ...mark, i })).filter((mark) => mark.end > mark.start && mark.start >= 0);
  const bytes = [...new Set(good.flatMap((mark) => [mark.start, mark.end]))].sort((a, b) => a - b);
  const at = new Map(places(text, bytes).map((place, i) => [bytes[i]!, place]));
  const shown = Math.min(text.length, longest);
  const cuts = [...new Set([0, ...at.values(), shown])].filter((place) => place <= shown).sort((a, b) => a - b);
  const out: Piece[] = [];
  for (let i = 0; i + 1 < cuts.length; ++i) {
    const from = cuts[i]!, to = cuts[i + 1]!;
    const over = good.filter((mark) => at.get(mark.start)! <= from && at.get(mark.end)! >= to).map((mark) => mark.i);
    let last = from;
    const part = text.slice(from, to);
    for (const found of part.matchAll(kAllHidden)) {
      const place = from + found.index!;
      if (place > last) out.push({ text: text.slice(last, place), marks: over });
      out.push({ text: "", marks: over, hidden: "U+" + found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0") });
      last = place + 1;
    }
    if (to > last) out.push({ text: text.slice(last, to), marks: over });
  }
  return out;
}

export const has_hidden = (text: string): boolean => kHidden.test(text);
