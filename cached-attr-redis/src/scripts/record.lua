-- A record: one header line of thirteen words, then the payload. Words stay text, so that no number is rounded.
local FORMAT, FINGERPRINT, MAP, SEQ, LIFE, STALE, FILLED, DATED = 1, 2, 3, 4, 5, 6, 7, 8
local LEASE, GRANTED, UNTIL, GUARDS, TAGS = 9, 10, 11, 12, 13

local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function number(value)
  return string.format('%.0f', value)
end

-- The record's words and payload; nothing where something else stands under the key.
local function load(key)
  local raw = redis.pcall('GET', key)
  if type(raw) ~= 'string' then return nil end
  local newline = string.find(raw, '\n', 1, true)
  if not newline then return nil end
  local words = {}
  for word in string.gmatch(string.sub(raw, 1, newline - 1), '[^ ]+') do
    words[#words + 1] = word
  end
  if #words ~= TAGS or words[FORMAT] ~= 'ca1' then return nil end
  for _, word in ipairs({ LIFE, STALE, DATED, GRANTED, UNTIL }) do
    if not tonumber(words[word]) then return nil end
  end
  return words, string.sub(raw, newline + 1), raw
end

local function text(words, payload)
  return table.concat(words, ' ') .. '\n' .. payload
end

-- What is left of a record with its stale window, by the server's own clock.
local function left_of(words, at)
  local whole = tonumber(words[LIFE]) + tonumber(words[STALE])
  return math.min(whole, whole - (at - tonumber(words[DATED])))
end

-- A record without a payload: a lease, or guards.
local function empty(fingerprint)
  return { 'ca1', fingerprint, '-', '0', '0', '0', '-', '0', '-', '0', '0', '-', '-' }
end

local function has_lease(words, token, at)
  return words[LEASE] == token and tonumber(words[UNTIL]) > at
end

-- The guards that have not ended, as a word, and the end of the last one; nothing where there is none.
local function guards_of(words, at)
  local kept, last = {}, 0
  for token, till in string.gmatch(words[GUARDS], '(%x+)@(%d+)') do
    if tonumber(till) > at then
      kept[#kept + 1] = token .. '@' .. till
      last = math.max(last, tonumber(till))
    end
  end
  if #kept == 0 then return nil end
  return table.concat(kept, ','), last
end

local function put_guards(key, guards, last, at)
  local words = empty('-')
  words[GUARDS] = guards
  return redis.pcall('SET', key, text(words, ''), 'PX', number(last - at))
end

-- Removes what is there, and reports it also where nothing was: a copy without a record may exist somewhere.
local function remove(key)
  if redis.call('UNLINK', key) == 0 then
    -- Out of memory it fails, and that is all.
    redis.pcall('SET', key, '')
    redis.call('UNLINK', key)
    return 0
  end
  return 1
end
