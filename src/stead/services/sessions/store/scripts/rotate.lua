local id, digest, successor, nonce, idle = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local session = living(id)
if not session or session.token ~= digest then return false end
-- It is remembered for as long as the session may last: whoever shows it later has stolen one of the two.
redis.call('SET', token_key(digest), id .. ' ' .. number(now) .. ' ' .. nonce)
redis.call('PEXPIREAT', token_key(digest), number(tonumber(session.expires) + TELLING))
redis.call('SET', token_key(successor), id)
redis.call('HSET', session_key(id), 'token', successor)
session.token = successor
used(session, idle)
return told(session)
