-- FILL: token, life, stale, fingerprint, map id, seq, tags, payload.
local key, token = KEYS[1], ARGV[1]
local at = clock()
local lease = load(key)
if not lease or not has_lease(lease, token, at) then return 'void' end
local left = tonumber(ARGV[2]) + tonumber(ARGV[3]) - (at - tonumber(lease[GRANTED]))
if left < 1 then
  redis.call('UNLINK', key)
  return 'late'
end
local words = {
  'ca1', ARGV[4], ARGV[5], ARGV[6], ARGV[2], ARGV[3], token, lease[GRANTED], '-', '0', '0', '-', ARGV[7],
}
redis.call('SET', key, text(words, ARGV[8]), 'PX', number(left))
return 'stored'
