// What some phones' browsers have and TypeScript's own types leave out.

/** Background Sync: Chromium. */
interface ServiceWorkerRegistration {
  readonly sync?: { register(tag: string): Promise<void> };
}

/** Network Information: Chromium on Android. */
interface Navigator {
  readonly connection?: { readonly type?: string };
}
