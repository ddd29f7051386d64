// What of a queue somebody looks at, and views that they keep under a name. The order is the queue's own, always.
import { haste } from "./texts.js";

export interface QueueView {
  lane: "" | "life" | "fear" | "rest";
  /** Only clocks that are over or end within the hour. */
  hasty: boolean;
  /** Only from this severity on; 0: all. */
  severity: number;
}
export interface KeptView extends QueueView {
  name: string;
  queue: string;
}
export const kEverything: QueueView = { lane: "", hasty: false, severity: 0 };
export const kViewsMax = 12;

interface Placed {
  lane: string;
  severity: number;
  deadline: string | null;
}
export const in_view = (view: QueueView, place: Placed, now: number): boolean =>
  (!view.lane || place.lane === view.lane) && (!view.hasty || haste(place.deadline, now) !== "calm") && place.severity >= view.severity;

export const is_everything = (view: QueueView): boolean => !view.lane && !view.hasty && view.severity === 0;
