local session = living(ARGV[1])
if not session then return false end
used(session, tonumber(ARGV[2]))
return told(session)
