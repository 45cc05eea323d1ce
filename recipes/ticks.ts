/** Round numbers for axes. */

/** At most so many numbers in equal steps of 1, 2 or 5 times a power of ten, within a range. */
export function linearTicks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / most || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= rough * 0.999)!;
  const ticks: number[] = [];
  for (let n = Math.ceil(low / step); n * step <= high; n++) ticks.push(Number((n * step).toPrecision(12)));
  return ticks;
}

/** The numbers 1, 2 and 5 times a power of ten within a range, or the powers alone where these are many. */
export function logTicks(low: number, high: number): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const digits = last - first > 4 ? [1] : [1, 2, 5];
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => first + i)
    .flatMap((power) => digits.map((digit) => Number((digit * 10 ** power).toPrecision(1))));
  return ticks.filter((tick) => tick >= low && tick <= high);
}
