local user, most = ARGV[1], tonumber(ARGV[2])
local found = {}
for _, id in ipairs(redis.call('ZREVRANGE', list_key(user), 0, -1)) do
    local session = living(id)
    if session and #found < most then
        found[#found + 1] = told(session)
    elseif not session then
        redis.call('ZREM', list_key(user), id)
    end
end
return found
