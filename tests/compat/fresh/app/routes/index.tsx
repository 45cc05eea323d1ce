import { signal } from "@preact/signals";
import { Head } from "fresh/runtime";
import Counter, { Readout } from "../islands/Counter.tsx";
import { define } from "../state.ts";

export default define.page(() => {
  const count = signal(3);
  return (
    <>
      <Head>
        <title>Start</title>
      </Head>
      <h1>Start</h1>
      <Counter count={count} since={new Date(0)} label={<em>pressed</em>}>
        <p class="slot">
          from the server <Readout count={count} />
        </p>
      </Counter>
      <section>
        <Readout count={count} />
      </section>
      <img src="/pixel.png" alt="" />
      <img src="/pixel.png" alt="" data-fresh-disable-lock />
    </>
  );
});
