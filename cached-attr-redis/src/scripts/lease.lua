-- LEASE: token, milliseconds, declined fill token, fingerprint.
local key, token, length = KEYS[1], ARGV[1], tonumber(ARGV[2])
local at = clock()
local words, payload, raw = load(key)
local held = false
if words then
  if guards_of(words, at) then return { 'guarded' } end
  held = words[LEASE] ~= '-' and tonumber(words[UNTIL]) > at
  if words[FINGERPRINT] ~= ARGV[4] then
    words = nil
  elseif words[FILLED] ~= '-' and words[FILLED] ~= ARGV[3] then
    local left = redis.call('PTTL', key)
    if left < 0 then left = tonumber(words[LIFE]) + tonumber(words[STALE]) end
    if left > tonumber(words[STALE]) then return { 'fresh', raw, left } end
    if held then return { 'busy', tonumber(words[UNTIL]) - at } end
    if left > 0 then
      -- The stale record stays, with the lease in its header, if it lasts for as long.
      if left >= length then
        words[LEASE], words[GRANTED], words[UNTIL] = token, number(at), number(at + length)
        redis.call('SET', key, text(words, payload), 'KEEPTTL')
        return { 'granted', raw, left }
      end
    else
      raw, left = nil, nil
    end
    words = empty(ARGV[4])
    words[LEASE], words[GRANTED], words[UNTIL] = token, number(at), number(at + length)
    redis.call('SET', key, text(words, ''), 'PX', length)
    if raw then return { 'granted', raw, left } end
    return { 'granted' }
  elseif held and words[FILLED] == '-' then
    return { 'busy', tonumber(words[UNTIL]) - at }
  end
end
words = empty(ARGV[4])
words[LEASE], words[GRANTED], words[UNTIL] = token, number(at), number(at + length)
redis.call('SET', key, text(words, ''), 'PX', length)
return { 'granted' }
