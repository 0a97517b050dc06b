// http://stock in a comment is none
const stock = "http://stock:8080/v1/pieces"; // #! BOUNDARY022
console.log("/health", stock);
