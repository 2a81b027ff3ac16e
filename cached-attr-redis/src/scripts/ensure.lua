-- ENSURE: a fresh id. Makes the map if there is none, or if it is from another server's life.
local key = KEYS[1]
local run = server()
local known = redis.pcall('ZMSCORE', key, 'id', 'run', 'seq', 'floor')
if known.err or not (known[1] and known[2] and known[3] and known[4]) or number(tonumber(known[2])) ~= run then
  create(key, ARGV[1], run)
end
return redis.call('ZMSCORE', key, 'id', 'seq', 'floor')
