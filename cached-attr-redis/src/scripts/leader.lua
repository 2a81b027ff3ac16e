-- A leader: a hash without an end of its own, so that its fence never falls.
local function term(key)
  local fields = redis.pcall('HMGET', key, 'token', 'until', 'fence', 'holder')
  if fields.err then
    redis.call('UNLINK', key)
    fields = {}
  end
  return { token = fields[1], ends = tonumber(fields[2] or 0) or 0, fence = tonumber(fields[3] or 0) or 0, holder = fields[4] }
end
