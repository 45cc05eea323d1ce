/** What takes the place of `lib/platform/native/mod.ts` where the library is bundled without a machine: every use of it fails. */
import type { Machine } from "../../lib/platform/machine.ts";

/** No machine. */
export const machine: Machine = new Proxy({} as Machine, {
  get(_, name) {
    throw new Error(`machine.${String(name)}: there is no machine here`);
  },
});
