import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Bills answers the health contract. */
public class Main {
    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(System.getenv("PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress(System.getenv("HOST"), port), 0);
        server.createContext("/health", Main::health);
        server.createContext("/version", Main::health);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(0)));
        server.start();
    }

    private static void health(HttpExchange exchange) throws IOException {
        String body = String.format(
            "{\"service\": \"%s\", \"env\": \"%s\", \"status\": \"ok\", \"version\": \"%s\"}",
            System.getenv("SERVICE_NAME"), System.getenv("ENVIRONMENT"), System.getenv("VERSION"));
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
