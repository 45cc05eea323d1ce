export default function Legal() {
  return <h2>Legal</h2>;
}
