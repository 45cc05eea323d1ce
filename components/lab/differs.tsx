/** Notes what the form has changed that the picture next to it does not show. */
import type { Difference } from "./differences.ts";
import { settingText } from "./summary.ts";

/** How many changes are named. */
const MAX_NAMED = 3;

/** The note, shown until the form is run. */
export function Differs({ missing }: { readonly missing: readonly Difference[] }) {
  const named = missing.slice(0, MAX_NAMED).map(({ field, asked }) => settingText(field, asked));
  const more = missing.length - named.length;
  return (
    <p class="note differs" role="status">
      Not yet what the form asks for: {named.join(", ")}
      {more > 0 && ` and ${more} more`}. Run it to see that.
    </p>
  );
}
