-- RELEASE: token.
local key, token = KEYS[1], ARGV[1]
local words, payload = load(key)
if not words or words[LEASE] ~= token then return 0 end
if words[FILLED] ~= '-' then
  words[LEASE], words[GRANTED], words[UNTIL] = '-', '0', '0'
  local put = redis.pcall('SET', key, text(words, payload), 'KEEPTTL')
  if not put.err then return 1 end
end
return redis.call('UNLINK', key)
