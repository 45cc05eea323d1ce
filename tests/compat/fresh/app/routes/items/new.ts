export const handler = { GET: () => new Response("a literal name wins") };
