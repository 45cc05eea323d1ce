import type { RouteConfig } from "fresh";

export const config: RouteConfig = { skipInheritedLayouts: true };

export default function About() {
  return <h2>About</h2>;
}
