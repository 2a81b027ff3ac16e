-- ACQUIRE: token, milliseconds, holder.
local key, at = KEYS[1], clock()
local current = term(key)
if current.ends > at then return { 0, current.holder or '', current.ends - at } end
local time = redis.call('TIME')
local fence = math.max(current.fence + 1, time[1] * 1000000 + time[2])
redis.call('HSET', key, 'token', ARGV[1], 'holder', ARGV[3], 'until', number(at + ARGV[2]), 'fence', number(fence))
return { 1, number(fence) }
