/** The temperatures at which samples are drawn while a network learns. */
export const temperatures = [0.5, 0.8, 1] as const
