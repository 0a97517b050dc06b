export const Reserved = 5;
