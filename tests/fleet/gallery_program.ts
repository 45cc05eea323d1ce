/** A gallery of the tests as a program: the addresses of Redis and store. It prints where it is, and ends with its input. */
import { serveGallery } from "./served_gallery.ts";

const [queue, store] = Deno.args;
const served = await serveGallery(queue, store);
console.log(served.address);
for await (const _ of Deno.stdin.readable);
await served[Symbol.asyncDispose]();
Deno.exit(0);
