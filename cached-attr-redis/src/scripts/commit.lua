-- COMMIT: token. The record goes in any case: while the guard was missing, an old one may have been stored.
local key, token = KEYS[1], ARGV[1]
local at = clock()
local words = load(key)
if words then
  words[GUARDS] = string.gsub(words[GUARDS], token .. '@%d+', '')
  local guards, last = guards_of(words, at)
  if guards and not put_guards(key, guards, last, at).err then return 1 end
end
return remove(key)
