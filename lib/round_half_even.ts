/** Rounds to the nearest whole number and ties to the even one, as Python and NumPy do (`Math.round` takes ties up). */
export function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
