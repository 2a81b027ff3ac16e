-- INVALIDATE. Live guards stay.
local key = KEYS[1]
local at = clock()
local words = load(key)
if words then
  local guards, last = guards_of(words, at)
  if guards and not put_guards(key, guards, last, at).err then return 1 end
end
return remove(key)
