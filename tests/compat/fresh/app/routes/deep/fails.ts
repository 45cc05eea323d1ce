export const handler = () => {
  throw new Error("deep");
};
