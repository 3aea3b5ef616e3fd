/** The themes of all code on the site. */
export const codeThemes = { light: 'vitesse-light', dark: 'vitesse-dark' }
