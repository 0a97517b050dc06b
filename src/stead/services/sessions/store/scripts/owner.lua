local session = living(ARGV[1])
return session and session.user
