local found = {}
for i, digest in ipairs(ARGV) do
    local token = redis.call('GET', token_key(digest))
    if token then
        local id, retired, nonce = string.match(token, '^(%S+) ?(%S*) ?(%S*)$')
        local session = fields(session_key(id))
        session.id = id
        if session.user then
            local epoch = redis.call('HGET', user_key(session.user), 'epoch')
            found[#found + 1] = {digest, facts(session), session.epoch, epoch, session.ended or '', retired, nonce}
        end
    end
end
return #found > 0 and cjson.encode({number(now), found})
