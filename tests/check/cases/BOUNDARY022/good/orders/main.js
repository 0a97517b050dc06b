const usual = "http://stock.example.com/v1/pieces";
const own = "http://localhost:8080/v1/orders";
const orders = "http://orders:8080/v1/orders";
console.log("/health", usual, own, orders);
