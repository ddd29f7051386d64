// Taking what comes next, without what somebody chose to be spared.
import { postQueuesNameClaims, type Claim } from "heed-api";
import type { Http } from "heed-http";
import { random_key } from "../shared/words.js";
import type { Shift } from "./shift.js";
import { texts } from "./texts.js";

/** The next case of the queue for this person; nothing when none is left for them. */
export async function claim_next(http: Http, queue: string, shift: Shift): Promise<Claim | undefined> {
  const { always, first } = shift.spares();
  if (first) {
    const milder = await postQueuesNameClaims(http, queue, first, { key: random_key() });
    if (milder) {
      shift.eased();
      return milder;
    }
  }
  return (await postQueuesNameClaims(http, queue, always, { key: random_key() })) ?? undefined;
}

/** Why there was nothing: because nothing waits, or because of what somebody chose. */
export const nothing_for = (shift: Shift): string => (shift.capped ? texts.nothing_milder : shift.spares().always.avoid ? texts.nothing_spared : texts.nothing_waits);
