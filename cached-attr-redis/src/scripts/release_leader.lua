-- RELEASE: token, milliseconds of grace.
local key, at = KEYS[1], clock()
if term(key).token ~= ARGV[1] then return 0 end
redis.call('HSET', key, 'token', '', 'holder', '', 'until', number(at + ARGV[2]))
return 1
