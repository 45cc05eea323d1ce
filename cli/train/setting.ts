import { type NumberSetting, settingBounds } from "../../recipes/settings.ts";
import { optionOf } from "../option_of.ts";
import { numberWithin, wholeNumber } from "../options.ts";

/** The parser of a setting, within its bounds, and the name of its option. */
export function setting(name: NumberSetting, option = optionOf(name)): (text: string) => number {
  const { min, max, whole } = settingBounds[name];
  return (whole ? wholeNumber : numberWithin)(option, min, max);
}
