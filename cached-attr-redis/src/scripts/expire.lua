-- EXPIRE: what is left of the record is its stale window.
local key = KEYS[1]
local words = load(key)
if not words or words[FILLED] == '-' then return 0 end
local left, stale = redis.call('PTTL', key), tonumber(words[STALE])
if left >= 0 and left <= stale then return 0 end
if stale < 1 or redis.call('PEXPIRE', key, words[STALE]) == 0 then return redis.call('UNLINK', key) end
return 1
