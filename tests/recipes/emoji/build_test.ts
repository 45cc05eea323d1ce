import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { heldOutStyles } from "../../../recipes/data/emoji/held_out.ts";
import { IconSetError, openIconSet } from "../../../recipes/data/emoji/icons.ts";
import { EmojiSetError, loadEmoji, readEmojiIndex } from "../../../recipes/data/emoji/load.ts";
import { names } from "../../../recipes/data/emoji/names.ts";
import { styles } from "../../../recipes/data/emoji/styles.ts";
import { runTask } from "../../cli/task.ts";
