/** Where the visitor's choice of light or dark is kept; without one the system's choice holds. */
export const themeKey = 'theme'

/** Runs before the first paint, as text in the head of every page. */
export const themeScript = `try { const theme = localStorage.getItem('${themeKey}'); if (theme) document.documentElement.dataset.theme = theme } catch {}`
