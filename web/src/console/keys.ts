// Every key that does something, in one shape: pages list them, the window hears them, "?" shows them.

export interface Command {
  /** As KeyboardEvent.key says it; "Ctrl+Enter" with Ctrl or Cmd. Several mean the same. */
  keys: string[];
  /** What it does, in the reader's words. */
  name: string;
  does: () => void;
  /** Not now: not shown either. */
  off?: boolean;
}

const kTyping = new Set(["text", "password", "search", "number", "email", ""]);

function typing(target: EventTarget | undefined): boolean {
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && kTyping.has(target.type);
}

export function key_name(event: KeyboardEvent): string {
  const key = event.key.length === 1 && !event.shiftKey ? event.key.toLowerCase() : event.key;
  return (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.shiftKey && event.key.length > 1 ? "Shift+" : "") + key;
}

/** Runs what belongs to the key; true when something did. `single`: keys without Ctrl work. */
export function press(event: KeyboardEvent, commands: Command[], single: boolean): boolean {
  if (event.defaultPrevented || event.altKey || event.isComposing) return false;
  const target = event.composedPath()[0];
  const name = key_name(event);
  const plain = !name.startsWith("Ctrl+") && name !== "Escape";
  if (plain && (typing(target) || !single)) return false;
  // What a button or link does with Enter and Space is its own.
  if ((name === "Enter" || name === " ") && target instanceof HTMLElement && target.closest("button, a, summary, input, select, textarea")) return false;
  const command = commands.find((one) => !one.off && one.keys.includes(name));
  if (!command) return false;
  event.preventDefault();
  command.does();
  return true;
}

const kShown: Record<string, string> = { ArrowDown: "↓", ArrowUp: "↑", Escape: "Esc", " ": "␣" };
export const shown_key = (key: string): string =>
  key.split("+").map((part) => kShown[part] ?? (part.length === 1 && part !== part.toLowerCase() ? `⇧ ${part}` : part)).join(" + ");
