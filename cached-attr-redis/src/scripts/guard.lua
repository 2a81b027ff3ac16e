-- GUARD: token, milliseconds.
local key, token, length = KEYS[1], ARGV[1], tonumber(ARGV[2])
local at = clock()
local words = load(key)
local guards, last
if words then
  -- Its own end is the new one.
  words[GUARDS] = string.gsub(words[GUARDS], token .. '@%d+', '')
  guards, last = guards_of(words, at)
end
local own = token .. '@' .. number(at + length)
if guards then own = guards .. ',' .. own end
local put = put_guards(key, own, math.max(last or 0, at + length), at)
if put.err then
  -- No guard, but no record from before the write either.
  redis.call('UNLINK', key)
  return put
end
return 1
