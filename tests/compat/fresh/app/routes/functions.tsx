import Counter from "../islands/Counter.tsx";

export default function Functions() {
  return <Counter count={(() => 1) as never} since={new Date(0)} />;
}
