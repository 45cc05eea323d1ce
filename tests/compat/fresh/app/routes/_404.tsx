import { page } from "fresh";
import { define } from "../state.ts";

export const handler = define.handlers(() => page(undefined, { status: 404 }));

export default define.page<typeof handler>(({ url }) => <p id="missing">nothing at {url.pathname}</p>);
