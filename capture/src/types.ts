// What a messenger's phone knows of: testimonies, recordings, and what the newsroom packs for it.

export type Kind = "interview" | "portrait" | "object" | "photo_essay" | "story";
export type Media = "video" | "audio" | "photo";
export type FileState = "recording" | "kept" | "sending" | "received" | "sent" | "refused";

export interface Consent {
  uses: string[];
  naming: string;
  place: string;
  face: string;
  voice: string;
  language: string;
  explained: string;
  given: string;
  until: string;
  evidence: string;
  is_minor: boolean;
  guardian: { name: string; relation: string } | null;
}

export interface Teller {
  name: string;
  alias: string;
  birth_year: number | null;
  country: string;
  region: string;
  spot: string;
  left: string;
  reached: string;
}

export interface Testimony {
  id: string;
  kind: Kind;
  language: string;
  told: string;
  teller: Teller;
  answers: Record<string, string>;
  consent: Consent | null;
  state: "open" | "finished" | "sent" | "withdrawn" | "refused";
  why: string;
  receipt: string;
  isKnown: boolean;
  edition?: number; // how often more was told, or it was finished anew
}

/** What a recording is of: whose testimony, its story or the evidence of consent, and the prompt that it answers. */
export interface Subject {
  testimony: string;
  role: "story" | "evidence";
  prompt: string;
  position: number;
}

/** A recording or photo. `chunks` is how many pieces of it are stored; `size` their bytes. */
export interface Recording extends Subject {
  id: string;
  media: Media;
  mime: string;
  state: FileState;
  chunks: number;
  size: number;
  seconds: number;
  sha256: string;
  offset: number;
  why: string;
  wasInterrupted: boolean;
  isUnopened?: boolean; // the newsroom has it, and could not open it
}

export interface Prompt {
  id: string;
  text: string;
  hint?: string;
}

export interface Guide {
  kind: Kind;
  language: string;
  title: string;
  prompts: Prompt[];
}

export interface Module {
  id: number;
  slug: string;
  title: string;
  text: string;
  is_required: boolean;
  is_due: boolean;
  questions: { text: string; answers: string[]; right: number }[];
}

/** A text read aloud by somebody. `what` is "consent", or a guide's kind and a prompt's id ("interview/leaving"). */
export interface Spoken {
  id: number;
  language: string;
  what: string;
  sha256: string;
  size: number;
}

/** What the newsroom gives a phone to take along. */
export interface Pack {
  newsroom?: string; // its name, as readers know it
  messenger: { name: string; language: string; may_collect: boolean };
  campaign: {
    name: string;
    about: string;
    languages: string[];
    countries: string[];
    country: string;
    is_running: boolean;
  };
  guides: Guide[];
  consents: { language: string; version: number; text: string }[];
  modules: Module[];
  referrals: { subject: string; language: string; name: string; contact: string; url: string }[];
  spoken?: Spoken[];
  contact: string;
}

/** Something to send when there is a network: training answers, a check-in. */
export interface Note {
  id: string;
  path: string;
  body: object;
}
