local id, digest, user, method, roles, device = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local idle, absolute, nonce, claim, body, remembered = ARGV[7], ARGV[8], ARGV[9], ARGV[10], ARGV[11], ARGV[12]
local claimed = prefix .. 'claim:' .. claim
if claim ~= '' and redis.call('EXISTS', claimed) == 1 then
    return {'replayed', unpack(redis.call('HMGET', claimed, 'body', 'nonce', 'id', 'expires', 'idle'))}
end

local expires = now + absolute
local session = {
    id = id, user = user, method = method, roles = roles, token = digest,
    created = number(now), expires = number(expires),
}
-- The user's epoch has to outlive every session that was made under it.
local until_known = tonumber(redis.call('HGET', user_key(user), 'until') or 0)
redis.call('HSET', user_key(user), 'until', number(math.max(until_known, expires)))
redis.call('PEXPIREAT', user_key(user), number(math.max(until_known, expires) + TELLING))
redis.call('HSETNX', user_key(user), 'epoch', '1')
session.epoch = redis.call('HGET', user_key(user), 'epoch')

redis.call('HSET', session_key(id), 'user', user, 'method', method, 'roles', roles, 'token', digest,
    'created', session.created, 'expires', session.expires, 'epoch', session.epoch)
if device ~= '' then
    session.device = device
    redis.call('HSET', session_key(id), 'device', device)
end
redis.call('SET', token_key(digest), id)
used(session, tonumber(idle))

redis.call('ZREMRANGEBYSCORE', list_key(user), '-inf', number(now - absolute))
redis.call('ZADD', list_key(user), session.created, id)
redis.call('PEXPIREAT', list_key(user), number(math.max(until_known, expires)))
if claim ~= '' then
    redis.call('HSET', claimed, 'body', body, 'nonce', nonce, 'id', id, 'expires', session.expires, 'idle', session.idle)
    redis.call('PEXPIRE', claimed, remembered)
end
return {'made', told(session)}
