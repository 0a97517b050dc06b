# Labels: what is printed on a shelf, in Ruby without a gem. The price comes from another service.
require "json"
require "net/http"
require "socket"

PRICES = ENV.fetch("PRICES_SERVICE_URL")

def label(item)
  priced = Net::HTTP.get_response(URI("#{PRICES}/v1/prices/#{item}"))
  return ["404 Not Found", { code: "no_such_item" }] unless priced.is_a?(Net::HTTPSuccess)
  ["200 OK", { label: format("%s: %.2f", item, JSON.parse(priced.body)["cents"] / 100.0) }]
end

def answer(path)
  return ["200 OK", { ok: true }] if path == "/healthz"
  item = path[%r{\A/v1/labels/([a-z]+)\z}, 1]
  item ? label(item) : ["404 Not Found", { code: "not_found" }]
end

def serve(client)
  path = client.gets.to_s.split[1].to_s.split("?").first.to_s
  nil until ["\r\n", nil].include?(client.gets)
  status, body = answer(path)
  text = JSON.generate(body)
  head = "HTTP/1.1 #{status}\r\nContent-Type: application/json\r\nContent-Length: #{text.bytesize}"
  client.write("#{head}\r\nConnection: close\r\n\r\n#{text}")
rescue SystemCallError, IOError => error
  warn "labels: #{error.message}"
ensure
  client.close
end

trap("TERM") { exit }
server = TCPServer.new(ENV.fetch("HOST", "127.0.0.1"), Integer(ENV.fetch("PORT")))
loop { Thread.new(server.accept) { |client| serve(client) } }
