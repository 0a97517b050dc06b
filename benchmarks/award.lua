-- wrk's script: every request awards one point to one of 10,000 users, with a key of its own.
-- The request is written out by hand, because the load shares its cores with what it measures.
local threads = 0

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init(args)
  token, run, host = args[1], args[2], args[3]
  made = 0
  math.randomseed(os.time() + id)
end

function request()
  made = made + 1
  local body = string.format('{"user_id":"user_%d","amount":1,"reason":"bench"}', math.random(10000))
  return string.format(
    "POST /v1/awards HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nX-Service-Token: Bearer %s\r\n"
      .. "Idempotency-Key: %s-%d-%d\r\nContent-Length: %d\r\n\r\n%s",
    host, token, run, id, made, #body, body
  )
end
