import { Head } from "fresh/runtime";
import History from "../islands/History.tsx";

export default function HistoryPage() {
  return (
    <div class="wide">
      <Head>
        <title>Your results · Denoise</title>
      </Head>
      <header class="prose">
        <h1>Your results</h1>
        <p class="lead">What you have made, remembered by your browser alone.</p>
      </header>
      <div data-near class="history-place">
        <History />
      </div>
      <noscript>
        <p class="placeholder">This list is kept by your browser, with JavaScript.</p>
      </noscript>
    </div>
  );
}
