// Moving between screens by their names. No screen knows another, and this file knows none: `main.ts` registers them all.

/** Every screen's name, and what it is opened with. */
export interface Screens {
  join: [];
  unlock: [];
  home: [];
  newTestimony: [];
  consent: [testimony: string];
  tell: [testimony: string];
  training: [];
  care: [];
}

type Openings = { [Name in keyof Screens]: (...about: Screens[Name]) => void | Promise<void> };

const openings = {} as Openings; // filled before the first screen is asked for

export function register(screens: Openings): void {
  Object.assign(openings, screens);
}

/** Open a screen. Resolves when it is shown. */
export async function go<Name extends keyof Screens>(name: Name, ...about: Screens[Name]): Promise<void> {
  await openings[name](...about);
}
