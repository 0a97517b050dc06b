-- wrk's script: every request shows one of the sessions in a file, one a line.
-- The request is written out by hand, because the load shares its cores with what it measures.
local threads = 0

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init(args)
  local token, host, file = args[1], args[2], args[3]
  requests = {}
  for session in io.lines(file) do
    local body = string.format('{"session":"%s"}', session)
    requests[#requests + 1] = string.format(
      "POST /v1/sessions/verify HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
        .. "X-Service-Token: Bearer %s\r\nContent-Length: %d\r\n\r\n%s",
      host, token, #body, body
    )
  end
  math.randomseed(os.time() + id)
end

function request()
  return requests[math.random(#requests)]
end
