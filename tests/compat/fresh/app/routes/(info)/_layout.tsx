import { define } from "../../state.ts";

export default define.layout(({ Component }) => (
  <aside>
    <Component />
  </aside>
));
