local id, user = ARGV[1], ARGV[2]
local session = living(id)
if not session or (user ~= '' and session.user ~= user) then return 0 end
redis.call('HSET', session_key(id), 'ended', number(now))
redis.call('ZREM', list_key(session.user), id)
return 1
