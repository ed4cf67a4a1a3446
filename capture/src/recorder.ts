// Recording: every second of it is sealed and on the disk before the next one ends.

import { beforeLeaving } from "./exit";
import { beginMaking, changeRecording, Gone, dropRecording, roomLeft, saveRecording } from "./store";
import { Media, Recording, Subject } from "./types";
import { addChunk, measure } from "./vault";

const SLICE = 1000; // milliseconds
const LEAST_ROOM = 20 * 1024 * 1024; // bytes left, below which a recording is ended while it can be
const KINDS: Record<"video" | "audio", string[]> = {
  video: ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"],
  audio: ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg"],
};

export type Facing = "user" | "environment";

export interface Live {
  stream: MediaStream;
  pause(): void;
  resume(): void;
  /** End it; resolves when the last piece is stored. */
  stop(): Promise<void>;
  isPaused(): boolean;
}

/** A recording that is known before its first piece: a killed browser leaves what can be found. And what is called when it is made. */
async function known(media: Media, mime: string, about: Subject): Promise<[Recording, () => void]> {
  const recording: Recording = {
    id: crypto.randomUUID(),
    media,
    mime,
    state: "recording",
    chunks: 0,
    size: 0,
    seconds: 0,
    sha256: "",
    offset: 0,
    why: "",
    wasInterrupted: false,
    ...about,
  };
  const end = await beginMaking(recording.id);
  await saveRecording(recording);
  return [recording, end];
}

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));

/** What was recorded is whole; of what has no piece nothing is kept. */
async function close(id: string, seconds: number, wasInterrupted: boolean): Promise<void> {
  const { chunks, size } = await measure(id);
  await changeRecording(id, { state: "kept", chunks, size, seconds, wasInterrupted });
  if (!chunks) await dropRecording(id);
}

/** Begin to record. `tick` hears of each second; `ended` of the end, and why, where nobody asked for it. */
export async function start(
  media: "video" | "audio",
  about: Subject,
  facing: Facing,
  tick: (seconds: number) => void,
  ended: (why: Error | null) => void,
): Promise<Live> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: false, noiseSuppression: true },
    video:
      media === "video"
        ? {
            width: { ideal: 854 },
            height: { ideal: 480 },
            frameRate: { ideal: 24, max: 30 },
            facingMode: facing,
          }
        : false,
  });
  const mime = KINDS[media].find((kind) => MediaRecorder.isTypeSupported(kind)) ?? "";
  const recorder = new MediaRecorder(stream, {
    mimeType: mime,
    videoBitsPerSecond: 900_000,
    audioBitsPerSecond: 64_000,
  });
  const [recording, end] = await known(media, recorder.mimeType || mime, about);

  let stored: Promise<void> = Promise.resolve();
  let index = 0;
  let seconds = 0;
  let failure: Error | null = null;
  recorder.addEventListener("dataavailable", (event) => {
    if (!event.data.size) return;
    const at = index++;
    stored = stored
      .then(async () => {
        await addChunk(recording.id, at, await event.data.arrayBuffer());
        if (((await roomLeft()) ?? Infinity) < LEAST_ROOM && recorder.state !== "inactive")
          throw new DOMException("no room is left", "QuotaExceededError");
      })
      .catch((error: unknown) => {
        failure ??= asError(error);
        if (recorder.state !== "inactive") recorder.stop();
      });
  });
  const clock = window.setInterval(() => {
    if (recorder.state === "recording") tick(++seconds);
  }, 1000);
  let awake: Promise<WakeLockSentinel | null> | undefined;
  const stayAwake = () => {
    awake = navigator.wakeLock?.request("screen").catch(() => null); // Android takes the camera away from a dark phone
  };
  stayAwake();
  const hide = () => {
    if (recorder.state === "inactive") return;
    recorder.requestData();
    if (!document.hidden) stayAwake(); // browsers let go of it out of sight
  };
  document.addEventListener("visibilitychange", hide);

  const finished = new Promise<void>((resolve) => {
    recorder.addEventListener("stop", () => {
      window.clearInterval(clock);
      document.removeEventListener("visibilitychange", hide);
      for (const track of stream.getTracks()) track.stop();
      void awake?.then((lock) => lock?.release());
      void stored
        .then(() => close(recording.id, seconds, failure !== null))
        .catch(async (error: unknown) => {
          failure ??= asError(error);
          if (error instanceof Gone) await dropRecording(recording.id); // else `recover` finds its pieces
        })
        .then(() => {
          end();
          ended(failure);
          resolve();
        });
    });
  });
  // A call that comes in, or a microphone that is pulled out, ends the tracks: what there is is kept.
  for (const track of stream.getTracks())
    track.addEventListener("ended", () => {
      if (recorder.state !== "inactive") recorder.stop();
    });
  recorder.start(SLICE);
  return {
    stream,
    pause: () => {
      recorder.requestData();
      recorder.pause();
    },
    resume: () => recorder.resume(),
    isPaused: () => recorder.state === "paused",
    stop: () => {
      if (recorder.state !== "inactive") recorder.stop();
      return finished;
    },
  };
}

const keeping = new Set<Promise<unknown>>(); // what comes in one piece, while it is stored
beforeLeaving(() => Promise.allSettled(keeping));

/** Keep a photo that the phone's camera or gallery gave. */
export async function keepPhoto(file: File, about: Subject): Promise<Recording> {
  return keepBytes(await file.arrayBuffer(), file.type || "image/jpeg", "photo", about);
}

/** Keep what is there as a whole: all of it, or nothing. */
export async function keepBytes(...what: Parameters<typeof storeBytes>): Promise<Recording> {
  const stored = storeBytes(...what);
  keeping.add(stored);
  return stored.finally(() => keeping.delete(stored));
}

async function storeBytes(
  bytes: ArrayBuffer,
  mime: string,
  media: Media,
  about: Subject,
): Promise<Recording> {
  const piece = 256 * 1024;
  const [recording, end] = await known(media, mime, about);
  try {
    for (let at = 0, index = 0; at < bytes.byteLength; at += piece, index++)
      await addChunk(recording.id, index, bytes.slice(at, at + piece));
    const { chunks, size } = await measure(recording.id);
    return await changeRecording(recording.id, { state: "kept", chunks, size });
  } catch (error) {
    await dropRecording(recording.id); // half of it is nothing
    throw error;
  } finally {
    end();
  }
}
