local user, keep = ARGV[1], ARGV[2]
if redis.call('EXISTS', user_key(user)) == 0 then return 0 end -- no session of theirs can hold
local kept = keep ~= '' and living(keep) or nil
if kept and kept.user ~= user then kept = nil end
local epoch = redis.call('HINCRBY', user_key(user), 'epoch', 1)
redis.call('DEL', list_key(user))
if kept then
    redis.call('HSET', session_key(keep), 'epoch', epoch)
    redis.call('ZADD', list_key(user), kept.created, keep)
    redis.call('PEXPIREAT', list_key(user), kept.expires)
end
return epoch
