import { define } from "../../state.ts";

export default define.layout(({ Component }) => (
  <article>
    <Component />
  </article>
));
