import { define } from "../../state.ts";

export default define.page(async ({ params }) => <i>{await Promise.resolve(`${params.a}+${params.b}`)}</i>);
