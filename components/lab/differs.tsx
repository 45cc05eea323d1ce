/** What a form asks for that the picture beside it does not show. */
import type { Difference } from "./asked.ts";
import { saidOf } from "./summary.ts";

/** So many are named. */
const MOST = 3;

/** Says it, as long as the form is not run. */
export function Differs({ missing }: { readonly missing: readonly Difference[] }) {
  const named = missing.slice(0, MOST).map(({ field, asked }) => saidOf(field, asked));
  const more = missing.length - named.length;
  return (
    <p class="note differs" role="status">
      Not yet what the form asks for: {named.join(", ")}
      {more > 0 && ` and ${more} more`}. Run it to see that.
    </p>
  );
}
