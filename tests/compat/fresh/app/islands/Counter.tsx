import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { IS_BROWSER } from "fresh/runtime";

interface Props {
  count: Signal<number>;
  since: Date;
  label?: ComponentChildren;
  children?: ComponentChildren;
}

export default function Counter({ count, since, label, children }: Props) {
  return (
    <div class="counter" data-revived={IS_BROWSER} data-year={since.getUTCFullYear()}>
      <button type="button" onClick={() => count.value++}>+</button>
      <Readout count={count} />
      {children}
      {count.value > 3 ? label : null}
    </div>
  );
}

export function Readout({ count }: { count: Signal<number> }) {
  return <output>{count}</output>;
}
