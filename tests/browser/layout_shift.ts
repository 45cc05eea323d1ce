/** How far things move by themselves. */
import type { Page } from "playwright-core";

/** How far things have moved by themselves since the page came: the sum of all layout shifts, as browsers score them. */
export const layoutShift = (page: Page) =>
  page.evaluate(() =>
    new Promise<number>((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as unknown as { value: number; hadRecentInput: boolean }[]) {
          if (!entry.hadRecentInput) sum += entry.value;
        }
      }).observe({ type: "layout-shift", buffered: true });
      setTimeout(() => resolve(sum), 300);
    })
  );
