// What differs between two texts, line by line: the longest common subsequence of what is left between a common
// beginning and a common end.

export interface DiffLine {
  sign: " " | "+" | "-";
  text: string;
}

const kLinesMax = 1500; // compared with each other; beyond that everything between counts as changed

export function diff(before: string, after: string, around = 2): DiffLine[] {
  const a = before.split("\n"), b = after.split("\n");
  let from = 0, a_end = a.length, b_end = b.length;
  while (from < a_end && from < b_end && a[from] === b[from]) ++from;
  while (a_end > from && b_end > from && a[a_end - 1] === b[b_end - 1]) {
    --a_end;
    --b_end;
  }
  const changed = lcs(a.slice(from, a_end), b.slice(from, b_end));
  if (!changed.length) return [];
  const same = (lines: string[]): DiffLine[] => lines.map((text) => ({ sign: " ", text }));
  return [...same(a.slice(Math.max(0, from - around), from)), ...changed, ...same(a.slice(a_end, a_end + around))];
}

function lcs(a: string[], b: string[]): DiffLine[] {
  const removed = (): DiffLine[] => a.map((text) => ({ sign: "-", text }));
  const added = (): DiffLine[] => b.map((text) => ({ sign: "+", text }));
  if (!a.length || !b.length || a.length > kLinesMax || b.length > kLinesMax) return [...removed(), ...added()];
  const wide = b.length + 1, best = new Uint16Array((a.length + 1) * wide);
  for (let i = a.length - 1; i >= 0; --i) {
    for (let j = b.length - 1; j >= 0; --j) {
      best[i * wide + j] = a[i] === b[j] ? best[(i + 1) * wide + j + 1]! + 1 : Math.max(best[(i + 1) * wide + j]!, best[i * wide + j + 1]!);
    }
  }
  const out: DiffLine[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ sign: " ", text: a[i]! });
      ++i;
      ++j;
    } else if (j >= b.length || (i < a.length && best[(i + 1) * wide + j]! >= best[i * wide + j + 1]!)) {
      out.push({ sign: "-", text: a[i++]! });
    } else {
      out.push({ sign: "+", text: b[j++]! });
    }
  }
  return out;
}
