-- RENEW: token, milliseconds. Whether the lease stands.
local key, token, length = KEYS[1], ARGV[1], tonumber(ARGV[2])
local at = clock()
local words, payload = load(key)
if not words or not has_lease(words, token, at) then return 0 end
words[UNTIL] = number(at + length)
if words[FILLED] ~= '-' and left_of(words, at) >= length then
  redis.call('SET', key, text(words, payload), 'KEEPTTL')
else
  -- A stale record that ends before the lease does would take it along.
  local lease = empty(words[FINGERPRINT])
  lease[LEASE], lease[GRANTED], lease[UNTIL] = token, words[GRANTED], words[UNTIL]
  redis.call('SET', key, text(lease, ''), 'PX', length)
end
return 1
