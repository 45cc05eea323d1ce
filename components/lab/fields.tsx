/** A section's parameters as controls. */
import { useContext, useId } from "preact/hooks";
import type { Json } from "../../report/mod.ts";
import type { Fault } from "../../server/wire.ts";
import { Typeset } from "../typeset.tsx";
import type { ControlProps, Marks } from "./control_props.ts";
import { isPathIn } from "./fault.ts";
import { ImageControl } from "./image_control.tsx";
import { LabContext } from "./lab_context.ts";
import { Help, Label } from "./label.tsx";
import { wordOf } from "./labels.ts";
import { MaskControl } from "./mask_control.tsx";
import { PromptControl } from "./prompt_control.tsx";

/** One parameter. */
export function Control(props: ControlProps) {
  const { field, value, path, wrong } = props;
  const message = useId();
  const isWrong = wrong?.argument === path;
  const faulty = wrong !== undefined && isPathIn(path, wrong.argument);
  const marks: Marks = isWrong ? { "aria-invalid": true, "aria-describedby": message } : {};
  const body = controlOf({ ...props, marks });
  return (
    <div
      class={`field field-${field.control ?? field.type} ${faulty ? "faulty" : ""}`}
      data-field={path}
      data-value={simple(value)}
    >
      {body}
      {isWrong && <FaultMessage id={message} fault={wrong} />}
    </div>
  );
}

/** The error of a value, below it. The run bar announces it; here it describes the field. */
function FaultMessage({ id, fault }: { readonly id: string; readonly fault: Fault }) {
  return <p id={id} class="error">{`Expected: ${fault.expected}. Found: ${fault.found}.`}</p>;
}

function simple(value: Json): string | undefined {
  return typeof value === "object" ? undefined : String(value);
}

function controlOf(props: ControlProps) {
  const { field } = props;
  if (field.type === "list") return <ListControl {...props} />;
  if (field.type === "group") return <GroupControl {...props} />;
  switch (field.control) {
    case "image":
      return <ImageControl {...props} />;
    case "mask":
      return <MaskControl {...props} />;
    case "seed":
      return <SeedControl {...props} />;
    case "model":
      return <ModelControl {...props} />;
    case "prompt":
      return <PromptControl {...props} />;
  }
  if (field.choices) return <ChoiceControl {...props} />;
  if (field.type === "boolean") return <FlagControl {...props} />;
  if (field.type === "string") return <PromptControl {...props} />;
  return <NumberControl {...props} />;
}

/** The length of the schedules. */
const TIMESTEPS = 1000;

/** The maximum of sliders; larger numbers can be typed. */
const SLIDER = { steps: 100, number: 100, guidance: 20 } as Readonly<Record<string, number>>;

function NumberControl({ field, value, onChange, marks }: ControlProps) {
  const id = useId();
  const { min = 0, max = 100, step = 1, control = "number" } = field;
  const most = Math.min(max, control === "timestep" || control === "index" ? max : SLIDER[control] ?? max);
  const change = (text: string) => {
    const number = Number(text);
    if (text !== "" && Number.isFinite(number)) onChange(number);
  };
  return (
    <>
      <Label id={id} field={field} />
      <div class="number">
        <input
          type="range"
          min={min}
          max={most}
          step={step}
          value={Math.min(Number(value), most)}
          aria-label={`${field.label ?? field.name}, slider`}
          onInput={({ currentTarget }) => change(currentTarget.value)}
        />
        <input
          id={id}
          type="number"
          min={min}
          max={max}
          step={field.type === "integer" ? step : "any"}
          value={Number(value)}
          {...marks}
          onInput={({ currentTarget }) => change(currentTarget.value)}
        />
      </div>
      {control === "index" && <TimestepNote index={Number(value)} />}
      <Help field={field} />
    </>
  );
}

/** The timestep at an index of the timesteps, which a form's stride says. */
function TimestepNote({ index }: { readonly index: number }) {
  const { stride } = useContext(LabContext).values;
  if (typeof stride !== "number") return null;
  const t = (Math.floor((TIMESTEPS - 1) / stride) - index) * stride;
  return <small class="timestep">{t >= 0 ? `t = ${t}` : "past the last"}</small>;
}

function SeedControl({ field, value, onChange, marks }: ControlProps) {
  const id = useId();
  return (
    <>
      <Label id={id} field={field} />
      <div class="seed">
        <input
          id={id}
          type="number"
          min={field.min}
          max={field.max}
          value={Number(value)}
          {...marks}
          onInput={({ currentTarget }) => currentTarget.value !== "" && onChange(Number(currentTarget.value))}
        />
        <button
          type="button"
          class="button icon dice"
          aria-label={`Another ${(field.label ?? "seed").toLowerCase()}`}
          title="Random seed"
          onClick={() => onChange(crypto.getRandomValues(new Uint16Array(1))[0])}
        >
          <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
            <rect
              x="3"
              y="3"
              width="18"
              height="18"
              rx="4"
              fill="none"
              stroke="currentColor"
              stroke-width="2"
            />
            <g fill="currentColor">
              <circle cx="8" cy="8" r="1.7" />
              <circle cx="16" cy="8" r="1.7" />
              <circle cx="12" cy="12" r="1.7" />
              <circle cx="8" cy="16" r="1.7" />
              <circle cx="16" cy="16" r="1.7" />
            </g>
          </svg>
        </button>
      </div>
    </>
  );
}

/** A model by the name of its folder; other values in words. */
const optionOf = (name: string) => ["auto", "none"].includes(name) ? wordOf(name) : name.split("/").at(-1)!;

function ModelControl({ field, value, onChange, form, marks }: ControlProps) {
  const id = useId();
  const names = form.models.filter(({ kind }) => !field.kind || kind === field.kind).map(({ name }) => name);
  if (field.kind === "super-resolution") names.unshift("auto", "none");
  if (!names.includes(String(value))) names.push(String(value));
  return (
    <>
      <Label id={id} field={field} />
      <select
        id={id}
        value={String(value)}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        {...marks}
      >
        {names.map((name) => <option key={name} value={name}>{optionOf(name)}</option>)}
      </select>
    </>
  );
}

function ChoiceControl({ field, value, onChange, marks }: ControlProps) {
  const id = useId();
  const choices = field.choices!;
  if (choices.length > 4) {
    return (
      <>
        <Label id={id} field={field} />
        <select
          id={id}
          value={String(value)}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
          {...marks}
        >
          {choices.map((choice) => <option key={choice} value={choice}>{wordOf(choice, field.name)}</option>)}
        </select>
      </>
    );
  }
  return (
    <fieldset class="segments" role="radiogroup" {...marks}>
      <legend title={field.help}>{field.label ?? field.name}</legend>
      <div>
        {choices.map((choice) => (
          <label>
            <input
              type="radio"
              name={id}
              value={choice}
              checked={choice === value}
              onChange={() => onChange(choice)}
            />
            <span>{wordOf(choice, field.name)}</span>
          </label>
        ))}
      </div>
      <Help field={field} />
    </fieldset>
  );
}

function FlagControl({ field, value, onChange, marks }: ControlProps) {
  return (
    <label class="flag" title={field.help}>
      <input
        type="checkbox"
        checked={value === true}
        {...marks}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      <span>{field.label ?? field.name}</span>
    </label>
  );
}

/** Fields in one frame. */
function GroupControl({ field, value, onChange, form, path, wrong }: ControlProps) {
  const values = value as Readonly<Record<string, Json>>;
  // A new picture brings its own mask, if it has one.
  const maskOf = (picture: Json) => {
    const masks = field.fields!.filter(({ control }) => control === "mask");
    const own = form.images.find(({ id }) => id === `mask-${picture}`);
    return own && Object.fromEntries(masks.map(({ name }) => [name, own.id]));
  };
  return (
    <div class="group" role="group" aria-label={field.label ?? field.name}>
      {field.fields!.map((inner) => (
        <Control
          field={inner}
          value={values[inner.name]}
          form={form}
          path={`${path}.${inner.name}`}
          wrong={wrong}
          siblings={values}
          onChange={(next) =>
            onChange({ ...values, [inner.name]: next, ...inner.control === "image" && maskOf(next) })}
        />
      ))}
    </div>
  );
}

/** Several values of one kind: numbers beside each other, others below each other. */
function ListControl({ field, value, onChange, form, path, wrong, marks, main }: ControlProps) {
  const items = value as readonly Json[];
  const item = field.item!;
  const short = item.type === "integer" || item.type === "number";
  const replace = (i: number, next: Json) => onChange(items.map((old, k) => k === i ? next : old));
  const named = field.label ?? field.name;
  const message = useId();
  // Short items are inputs of this control; others are controls that show their own errors.
  const wrongItem = short ? items.findIndex((_, i) => wrong?.argument === `${path}[${i}]`) : -1;
  const alone = items.length === 1 && !short;
  return (
    <fieldset
      aria-describedby={marks?.["aria-describedby"]}
      class={`list ${short ? "short" : ""} ${alone ? "alone" : ""}`}
    >
      <legend title={field.help} class={alone ? "visually-hidden" : ""}>
        <Typeset text={named} />
      </legend>
      <div class="items">
        {items.map((entry, i) => (
          <div class="item">
            {short
              ? (
                <div>
                  <input
                    type="number"
                    aria-label={`${named}, ${i + 1}`}
                    min={item.min}
                    max={item.max}
                    step={item.type === "integer" ? 1 : "any"}
                    value={Number(entry)}
                    {...i === wrongItem && { "aria-invalid": true, "aria-describedby": message }}
                    onInput={({ currentTarget }) =>
                      currentTarget.value !== "" && replace(i, Number(currentTarget.value))}
                  />
                  {item.control === "index" && <TimestepNote index={Number(entry)} />}
                </div>
              )
              : (
                <Control
                  field={{
                    ...item,
                    name: `${field.name}-${i}`,
                    label: alone ? item.label ?? named : `${item.label ?? named} ${i + 1}`,
                  }}
                  value={entry}
                  form={form}
                  path={`${path}[${i}]`}
                  wrong={wrong}
                  onChange={(next) => replace(i, next)}
                />
              )}
            {items.length > (field.min ?? 1) && (
              <button
                type="button"
                class="remove"
                aria-label={`Remove ${named.toLowerCase()} ${i + 1}`}
                onClick={() => onChange(items.filter((_, k) => k !== i))}
              >
                ×
              </button>
            )}
          </div>
        ))}
        {!main && <AddItem field={field} value={value} onChange={onChange} />}
      </div>
      {wrongItem >= 0 && <FaultMessage id={message} fault={wrong!} />}
      {short && <Help field={field} />}
    </fieldset>
  );
}

/** Adds an item to a list, as long as there may be more. */
export function AddItem({ field, value, onChange }: Pick<ControlProps, "field" | "value" | "onChange">) {
  const items = value as readonly Json[];
  if (items.length >= (field.max ?? 12)) return null;
  const named = (field.label ?? field.name).toLowerCase();
  const short = field.item!.type === "integer" || field.item!.type === "number";
  return (
    <button
      type="button"
      class="add"
      aria-label={`Add to ${named}`}
      onClick={() => onChange([...items, items.at(-1)!])}
    >
      {short ? "+" : `+ Add to ${named}`}
    </button>
  );
}
