-- EXPIRE: its life ends now; what is left of the record is its stale window.
local key, at = KEYS[1], clock()
local words, payload = load(key)
if not words or words[FILLED] == '-' then return 0 end
local stale = tonumber(words[STALE])
if left_of(words, at) <= stale then return 0 end
if stale >= 1 then
  words[LIFE] = number(math.max(0, at - tonumber(words[DATED])))
  local put = redis.pcall('SET', key, text(words, payload), 'PX', words[STALE])
  if not put.err then return 1 end
end
return redis.call('UNLINK', key)
