/**
 * Uploads pictures: decoded and scaled here, so that little is sent, and only pixels. A site without
 * a server keeps them in the browser.
 */

import type { Parameters } from "../../server/wire.ts";
import { keepPicture, keptPicture } from "../../tab/pictures.ts";
import { hasServer, siteAddress } from "../site.ts";

/** The longest side to send, in pixels: sections use much less. */
const LONGEST = 768;

/** The server's answer to an upload. */
export interface Sent {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

/**
 * Decodes a file, scales it and sends it.
 *
 * @throws {Error} in words for people if it is not a picture or is refused.
 */
export async function sendFile(file: Blob): Promise<Sent> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error("The browser cannot read this image.");
  }
  const factor = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * factor));
  canvas.height = Math.max(1, Math.round(bitmap.height * factor));
  const context = canvas.getContext("2d")!;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return await sendCanvas(canvas);
}

/** Sends the content of a canvas. */
export async function sendCanvas(canvas: HTMLCanvasElement): Promise<Sent> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("The browser could not encode the image.");
  if (!hasServer()) return { id: await keepPicture(blob), width: canvas.width, height: canvas.height };
  const response = await fetch("/api/uploads", {
    method: "POST",
    headers: { "content-type": "image/png" },
    body: blob,
  })
    .catch(() => undefined);
  if (!response) throw new Error("The server cannot be reached.");
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail);
  return answer as Sent;
}

/**
 * The user's own pictures among parameters, by name.
 *
 * @throws {Error} with a message for users if one is no longer stored.
 */
export async function ownPictures(parameters: Parameters): Promise<Record<string, Blob>> {
  const ids = new Set(JSON.stringify(parameters).match(/upload-[\w-]+/g) ?? []);
  const pictures: Record<string, Blob> = {};
  for (const id of ids) {
    const response = hasServer() ? await fetch(pictureAddress(id)).catch(() => undefined) : undefined;
    const blob = response?.ok ? await response.blob() : keptPicture(id)?.blob;
    if (!blob) throw new Error("Your picture is no longer stored; choose it again.");
    pictures[id] = blob;
  }
  return pictures;
}

/** The address of a picture by its name. */
export function pictureAddress(id: string): string {
  if (!id.startsWith("upload-")) return siteAddress(`/api/images/${id}`);
  return hasServer() ? `/api/uploads/${id}` : keptPicture(id)?.address ?? "";
}
