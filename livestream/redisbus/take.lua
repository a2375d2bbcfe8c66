-- Takes one from each bucket, or none from any when one is empty: answers the place of that one, else 0.
-- KEYS are the buckets; ARGV is, for each, how many it holds and after how many microseconds one comes
-- back. A bucket is kept as the time at which it is full again (GCRA), and goes by itself at that time.
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local full = {}
for i, key in ipairs(KEYS) do
  local burst, every = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local at = math.max(tonumber(redis.call('GET', key)) or 0, now)
  if at - now > (burst - 1) * every then
    return i
  end
  full[i] = at + every
end
for i, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.0f', full[i]), 'PX', math.ceil((full[i] - now) / 1000))
end
return 0
