-- LEASE: token, milliseconds, declined fill token, fingerprint.
local key, token, length = KEYS[1], ARGV[1], tonumber(ARGV[2])
local at = clock()

local function grant()
  local words = empty(ARGV[4])
  words[LEASE], words[GRANTED], words[UNTIL] = token, number(at), number(at + length)
  redis.call('SET', key, text(words, ''), 'PX', length)
end

local words, payload, raw = load(key)
if not words then
  grant()
  return { 'granted' }
end
if guards_of(words, at) then return { 'guarded' } end

local is_ours = words[FINGERPRINT] == ARGV[4]
local is_held = words[LEASE] ~= '-' and tonumber(words[UNTIL]) > at
local left = left_of(words, at)
if is_ours and words[FILLED] ~= '-' and words[FILLED] ~= ARGV[3] and left > 0 then
  if left > tonumber(words[STALE]) then return { 'fresh', raw, number(at) } end
  if is_held then return { 'busy', tonumber(words[UNTIL]) - at } end
  if left >= length then
    -- The stale record stays, with the lease in its header.
    words[LEASE], words[GRANTED], words[UNTIL] = token, number(at), number(at + length)
    redis.call('SET', key, text(words, payload), 'KEEPTTL')
  else
    -- It ends before the lease does, and would take it along.
    grant()
  end
  return { 'granted', raw, number(at) }
end
if is_ours and is_held and words[FILLED] == '-' then return { 'busy', tonumber(words[UNTIL]) - at } end
grant()
return { 'granted' }
