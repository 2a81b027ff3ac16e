-- INVALIDATE-TAG: a fresh id, the most tags that are kept, the tag.
local key, most = KEYS[1], tonumber(ARGV[2])
local function put()
  local id = redis.pcall('ZSCORE', key, 'id')
  if type(id) ~= 'string' then create(key, ARGV[1], server()) end
  local seq = redis.call('ZINCRBY', key, 1, 'seq')
  redis.call('ZADD', key, seq, ARGV[3])
  local count = redis.call('ZCARD', key) - RESERVED - 1
  if count > most then
    -- The older half goes; what was stored before the last of it counts as invalid.
    local last = RESERVED + math.floor(count / 2) - 1
    local dropped = redis.call('ZRANGE', key, last, last, 'WITHSCORES')
    redis.call('ZREMRANGEBYRANK', key, RESERVED, last)
    redis.call('ZADD', key, number(-tonumber(dropped[2])), 'floor')
  end
end
local done = pcall(put)
if not done then
  -- Out of memory: without a map every record is invalid, which is more than was requested.
  redis.call('UNLINK', key)
end
return 1
