-- RENEW: token, milliseconds.
local key, at = KEYS[1], clock()
local current = term(key)
if current.token ~= ARGV[1] or current.ends <= at then return 0 end
redis.call('HSET', key, 'until', number(at + ARGV[2]))
return 1
