const key = 'isolation'

/** Whether the service worker that allows threads may run; it may, unless the visitor said no. */
export const isIsolationWanted = (): boolean => localStorage.getItem(key) !== 'off'

/** Remembers the visitor's choice; it holds after the next load of the page. */
export const setIsolationWanted = (wanted: boolean): void =>
  wanted ? localStorage.removeItem(key) : localStorage.setItem(key, 'off')
