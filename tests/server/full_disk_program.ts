/** A job whose figure does not fit on the disk, and one after it; prints how both ended. Deno lets only those write to a full
 * disk who may do everything, so this is a process of its own. */
import { join } from "node:path";
import { openTestGallery, until } from "./gallery.ts";

await using test = await openTestGallery();
const job = await test.start({ seed: 1, steps: 20, wait: 50 });
const staged = join(test.data, "staging", job.id);
await until(() => Deno.stat(staged).then(() => true, () => false), "it is staged");
// Whatever is written to this file does not fit.
await Deno.symlink("/dev/full", join(staged, "square.png"));
const first = (await test.events(job.id)).at(-1)!.event;
const second = (await test.events((await test.start({ seed: 2 })).id)).at(-1)!.event;
console.log(JSON.stringify([first, second.type, (await test.gallery.store.size()).results]));
