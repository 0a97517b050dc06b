import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Receipts: numbers what was sold. */
public class Receipts {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    public static void main(String[] words) throws IOException {
        int port = Integer.parseInt(System.getenv("PORT"));
        String host = System.getenv().getOrDefault("HOST", "127.0.0.1");
        HttpServer server = HttpServer.create(new InetSocketAddress(host, port), 0);
        server.createContext("/healthz", exchange -> answer(exchange, 200, "{\"ok\": true}"));
        server.createContext("/v1/receipts", Receipts::receipts);
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.start();
    }

    private static void receipts(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        switch (exchange.getRequestMethod()) {
            case "POST" -> answer(exchange, 201, "{\"number\": " + NUMBER.incrementAndGet() + "}");
            default -> answer(exchange, 405, "{\"code\": \"method_not_allowed\"}");
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        try (var out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
