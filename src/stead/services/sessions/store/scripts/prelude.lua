-- What every script begins with. All times are milliseconds since 1970, by the clock of this Redis.
--
-- session:<id>     hash: user method roles device created used expires idle epoch ended? token
-- token:<digest>   "<id>", or "<id> <retired> <nonce>" once it was rotated
-- user:<user>      hash: epoch, and until when any session of theirs may last
-- list:<user>      sorted set of session ids by the time they were made
-- claim:<digest>   hash: what an Idempotency-Key made
local prefix = KEYS[1]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local TELLING = 3600000 -- an idle session stays for an hour, so that the log can tell why it does not hold

local function number(value) return string.format('%.0f', value) end
local function session_key(id) return prefix .. 'session:' .. id end
local function token_key(digest) return prefix .. 'token:' .. digest end
local function user_key(user) return prefix .. 'user:' .. user end
local function list_key(user) return prefix .. 'list:' .. user end

local function fields(key)
    local found, flat = {}, redis.call('HGETALL', key)
    for i = 1, #flat, 2 do found[flat[i]] = flat[i + 1] end
    return found
end

local function facts(session)
    return {
        session.id, session.user, session.method, session.roles, session.device or false,
        session.created, session.used, session.expires, session.idle,
    }
end

-- One string instead of nine values: the client's parser takes each one by one, in Python.
local function told(session) return cjson.encode(facts(session)) end

-- Return the session when it holds, else nil.
local function living(id)
    local session = fields(session_key(id))
    session.id = id
    if not session.user or session.ended then return nil end
    if session.epoch ~= redis.call('HGET', user_key(session.user), 'epoch') then return nil end
    if now >= tonumber(session.expires) or now >= tonumber(session.idle) then return nil end
    return session
end

-- Note a use: the idle time begins anew, and with it the life of the keys.
local function used(session, idle)
    session.used = number(now)
    session.idle = number(math.min(tonumber(session.expires), now + idle))
    redis.call('HSET', session_key(session.id), 'used', session.used, 'idle', session.idle)
    local gone = number(tonumber(session.idle) + TELLING)
    redis.call('PEXPIREAT', session_key(session.id), gone)
    redis.call('PEXPIREAT', token_key(session.token), gone)
end
