export const pieces = 5;
