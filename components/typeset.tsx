/** Labels with mathematical symbols. */
import type { ComponentChildren } from "preact";

/** A symbol, and its index after an underscore: `x_t`, `x̂_0`. */
const SYMBOL = /(x̂?)_([0t])/u;

/** A label, in which `x_t` and `x̂_0` are symbols. */
export function Typeset({ text }: { readonly text: string }) {
  const [before, ...found] = text.split(SYMBOL);
  const parts: ComponentChildren[] = [before];
  for (let i = 0; i < found.length; i += 3) {
    const [symbol, index, after] = found.slice(i, i + 3);
    parts.push(<Symbol symbol={symbol} index={index} />, after);
  }
  return <>{parts}</>;
}

function Symbol({ symbol, index }: { readonly symbol: string; readonly index: string }) {
  return (
    <var>
      {symbol}
      <sub>{index}</sub>
    </var>
  );
}
