export default function DeepError() {
  return <p id="deep">deep trouble</p>;
}
