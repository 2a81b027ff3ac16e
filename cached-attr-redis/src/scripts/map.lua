-- The map: a sorted set. `id`, `run` and `floor` have scores of at most zero, so that they are its lowest ranks;
-- `seq` and every invalidated tag have the number of an invalidation.
local RESERVED = 3

local function create(key, id, run)
  redis.call('UNLINK', key)
  redis.call('ZADD', key, '-' .. id, 'id', run, 'run', '0', 'floor', '0', 'seq')
end

-- The server's own identity: another process, or another server after a failover, has another one.
local function server()
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') or '0'
  return number(-tonumber(string.sub(run, 1, 13), 16))
end
