// Answers on PORT, as the Dockerfile beside it starts it.
require("node:http").createServer((_, answer) => answer.end("ok")).listen(process.env.PORT);
