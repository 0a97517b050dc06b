const { STOCK_SERVICE_URL: stock } = process.env;
console.log("/health", stock);
