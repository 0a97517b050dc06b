export const money = 5;
